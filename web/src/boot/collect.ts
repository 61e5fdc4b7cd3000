/** Reads a response piece by piece, hashes what has come meanwhile, and keeps it if that is wanted. */

import { TreeHash } from "./tree-hash.ts";

export interface Collected {
  /** Empty unless they were to be kept. */
  readonly bytes: ArrayBuffer;
  /** See `TreeHash`. */
  readonly hash: string;
}

/** `keep`: how many bytes it should have, or that they are not to be kept. Rejects when the line breaks off. */
export async function collect(response: Response, keep: number | null): Promise<Collected> {
  const hash = new TreeHash();
  const kept = new Uint8Array(keep ?? 0);
  const reader = response.body?.getReader();
  for (let length = 0; ; ) {
    const piece = await reader?.read();
    if (piece === undefined || piece.done) return { bytes: kept.buffer, hash: await hash.end() };
    hash.add(piece.value);
    // Another file than expected, as its hash will say.
    if (length + piece.value.length <= kept.length) kept.set(piece.value, length);
    length += piece.value.length;
  }
}
