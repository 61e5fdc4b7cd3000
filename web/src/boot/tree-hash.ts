/**
 * The hash of a file by its parts: SHA-256 of the SHA-256 of each MiB, in base64. What has arrived is hashed while the
 * rest is on its way, on threads of the browser's own: little is left to do at the end, and the page is held up nowhere. The
 * build computes the same.
 */

export const PART = 1 << 20;

export class TreeHash {
  private part = new Uint8Array(PART);
  private filled = 0;
  private readonly digests: Promise<ArrayBuffer>[] = [];

  /** Memory for what comes next, never none: what is read there, and goes to `took`, need not be copied. */
  get room(): Uint8Array<ArrayBuffer> {
    return this.part.subarray(this.filled);
  }

  /** `piece` was read into `room`, whose memory it has now under another name. */
  took(piece: Uint8Array<ArrayBuffer>): void {
    this.part = new Uint8Array(piece.buffer);
    this.count(piece.length);
  }

  add(piece: Uint8Array): void {
    for (let start = 0; start < piece.length; ) {
      const taken = piece.subarray(start, start + PART - this.filled);
      this.part.set(taken, this.filled);
      this.count(taken.length);
      start += taken.length;
    }
  }

  /** Of all that was added. */
  async end(): Promise<string> {
    if (this.filled > 0) this.close();
    return combined(this.digests);
  }

  private count(bytes: number): void {
    this.filled += bytes;
    if (this.filled === PART) this.close();
  }

  private close(): void {
    // It is copied before the call returns.
    this.digests.push(crypto.subtle.digest("SHA-256", this.part.subarray(0, this.filled)));
    this.filled = 0;
  }
}

/** Of bytes that are there as a whole. */
export function treeHash(bytes: ArrayBuffer): Promise<string> {
  const starts = Array.from({ length: Math.ceil(bytes.byteLength / PART) }, (_, index) => index * PART);
  const part = (start: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(bytes, start, Math.min(PART, bytes.byteLength - start));
  return combined(starts.map((start) => crypto.subtle.digest("SHA-256", part(start))));
}

async function combined(digests: Promise<ArrayBuffer>[]): Promise<string> {
  const all = await new Blob(await Promise.all(digests)).arrayBuffer();
  const whole = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return btoa(String.fromCharCode(...whole));
}
