/** The code of the collector's worker; the build puts it into the script as a text. */

import { TreeHash } from "./tree-hash.ts";

/** First the size that is expected (nothing else is kept), or that nothing is to be kept; then pieces; then the end. */
export type CollectorMessage = { id: number } & ({ keep: number | null } | { piece: Uint8Array } | { end: true } | { forget: true });

export interface Collected {
  bytes: ArrayBuffer;
  /** See `TreeHash`. */
  hash: string;
}

export type Collection = Collected & { id: number };

/** What of a worker's global scope is used. */
export interface CollectorScope {
  postMessage(message: Collection, transfer: Transferable[]): void;
  onmessage: ((event: { data: CollectorMessage }) => void) | null;
}

/** One file on its way. */
export class Arriving {
  private readonly hash = new TreeHash();
  private readonly kept: Uint8Array<ArrayBuffer>;
  private length = 0;

  constructor(keep: number | null) {
    this.kept = new Uint8Array(keep ?? 0);
  }

  add(piece: Uint8Array): void {
    this.hash.add(piece);
    // More than expected: another file, as its hash will say.
    if (this.length + piece.length <= this.kept.length) this.kept.set(piece, this.length);
    this.length += piece.length;
  }

  async end(): Promise<Collected> {
    return { hash: await this.hash.end(), bytes: this.kept.buffer };
  }
}

export function serveCollector(scope: CollectorScope): void {
  const files = new Map<number, Arriving>();
  const finish = async (id: number): Promise<void> => {
    const collected = await files.get(id)?.end();
    files.delete(id);
    if (collected !== undefined) scope.postMessage({ id, ...collected }, [collected.bytes]);
  };
  scope.onmessage = ({ data }) => {
    if ("piece" in data) files.get(data.id)?.add(data.piece);
    else if ("keep" in data) files.set(data.id, new Arriving(data.keep));
    else if ("forget" in data) files.delete(data.id);
    else void finish(data.id);
  };
}

// In a test there is no worker.
if (typeof document === "undefined" && typeof postMessage === "function") serveCollector(globalThis as unknown as CollectorScope);
