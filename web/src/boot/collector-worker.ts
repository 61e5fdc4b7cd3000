/** The code of the collector's worker; the build puts it into the script as a text. */

export type CollectorMessage = { id: number } & ({ piece: Uint8Array } | { keep: boolean } | { forget: true });

export interface Collected {
  bytes: ArrayBuffer;
  /** SHA-384 as in an `integrity` attribute. */
  hash: string;
}

export type Collection = Collected & { id: number };

/** What of a worker's global scope is used. */
export interface CollectorScope {
  postMessage(message: Collection, transfer: Transferable[]): void;
  onmessage: ((event: { data: CollectorMessage }) => void) | null;
}

export function serveCollector(scope: CollectorScope): void {
  const arrived = new Map<number, Uint8Array[]>();
  const finish = async (id: number, keep: boolean): Promise<void> => {
    const pieces = arrived.get(id) ?? [];
    arrived.delete(id);
    const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
    let end = 0;
    for (const piece of pieces.splice(0)) {
      whole.set(piece, end);
      end += piece.length;
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-384", whole));
    const bytes = keep ? whole.buffer : new ArrayBuffer(0);
    scope.postMessage({ id, bytes, hash: `sha384-${btoa(String.fromCharCode(...digest))}` }, [bytes]);
  };
  scope.onmessage = ({ data }) => {
    if ("piece" in data) arrived.set(data.id, [...(arrived.get(data.id) ?? []), data.piece]);
    else if ("forget" in data) arrived.delete(data.id);
    else void finish(data.id, data.keep);
  };
}

// In a test there is no worker.
if (typeof document === "undefined" && typeof postMessage === "function") serveCollector(globalThis as unknown as CollectorScope);
