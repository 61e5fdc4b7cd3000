/**
 * Collects what arrives and computes its hash in a worker of its own: joining and hashing megabytes would hold up the
 * page. The page's thread only passes each piece on as it comes. The worker ends with the start of the runtime.
 */

import type { Collected, CollectorMessage, Collection } from "./collector-worker.ts";
import { workerPolicyError } from "./errors.ts";

export interface Collector {
  /** Reads the response to its end. `keep`: how many bytes it should have; with `null`, `bytes` of the result are empty. */
  collect(response: Response, keep: number | null): Promise<Collected>;
  close(): void;
}

export interface CollectorPlatform {
  Worker: new (url: string) => Worker;
  createUrl(code: string): string;
  revokeUrl(url: string): void;
}

interface Waiting {
  resolve(collected: Collected): void;
  reject(error: unknown): void;
}

/** `code` is the worker's. A worker that is refused fails everything that waits, in words. */
export class WorkerCollector implements Collector {
  private readonly worker: Worker;
  private readonly url: string;
  private readonly waiting = new Map<number, Waiting>();
  private refused: unknown;
  private last = 0;

  constructor(
    private readonly platform: CollectorPlatform,
    code: string,
  ) {
    this.url = platform.createUrl(code);
    try {
      this.worker = new platform.Worker(this.url);
    } catch (error) {
      platform.revokeUrl(this.url);
      throw workerPolicyError(error);
    }
    this.worker.onerror = () => {
      this.refused = workerPolicyError();
      for (const { reject } of this.waiting.values()) reject(this.refused);
      this.waiting.clear();
    };
    this.worker.onmessage = ({ data: { id, ...collected } }: MessageEvent<Collection>) => {
      this.waiting.get(id)?.resolve(collected);
      this.waiting.delete(id);
    };
  }

  async collect(response: Response, keep: number | null): Promise<Collected> {
    if (this.refused !== undefined) throw this.refused;
    const id = ++this.last;
    const collected = new Promise<Collected>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    collected.catch(() => undefined);
    const send = (message: CollectorMessage, transfer: Transferable[] = []): void =>
      this.worker.postMessage(message, transfer);
    send({ id, keep });
    try {
      const reader = response.body?.getReader();
      for (;;) {
        const piece = await reader?.read();
        if (piece === undefined || piece.done) break;
        send({ id, piece: piece.value }, [piece.value.buffer]);
      }
    } catch (error) {
      this.waiting.delete(id);
      send({ id, forget: true });
      throw error;
    }
    send({ id, end: true });
    return collected;
  }

  close(): void {
    this.worker.terminate();
    this.platform.revokeUrl(this.url);
  }
}
