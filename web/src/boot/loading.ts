/**
 * A worker that loads: reading, hashing and compiling 16 MB is a tenth of a second of somebody's thread. Not responsible for
 * what it cannot load: the page tries that itself, and finds out why.
 */

import type { Wanted } from "./attempt.ts";
import type { Tell } from "./collect.ts";
import type { Compiled } from "./compile.ts";
import type { WorkerPlatform } from "./threads.ts";

/** Something to load. */
export interface Order extends Wanted {
  readonly as: "bytes" | "module";
  /** Look for it among the kept files first. */
  readonly kept: boolean;
}

/** Nothing more will be ordered, but the worker lives on: as small as it can. */
export const REST = "rest";
export type ToLoading = Order | typeof REST;

/** What became of an order: `value` is as was ordered, or null if it could not be had. */
export type Outcome = { readonly file: string } & (
  | { readonly value: ArrayBuffer | Compiled; readonly lasting: boolean }
  | { readonly value: null }
);

/** `bytes` of a file have come until now, or all that will. */
export type FromLoading = { readonly file: string; readonly bytes: number } | Outcome;

/** What of the browser is used. */
export interface LoadingPlatform extends Pick<WorkerPlatform, "Worker" | "opaque" | "createUrl" | "revokeUrl"> {
  /** Text of the worker (see `loading-worker.ts`), where one is of use. */
  readonly loading: string | undefined;
}

/** Undefined where there is none to be had: why, those find out who load on the page then. */
export function startLoading(platform: LoadingPlatform): LoadingWorker | undefined {
  if (platform.loading === undefined) return undefined;
  const url = platform.createUrl([platform.loading]);
  const revoke = (): void => platform.revokeUrl(url);
  try {
    // Its text is both a module and a classic script.
    const type = platform.opaque ? "classic" : "module";
    return new LoadingWorker(new platform.Worker(url, { type, name: "pyconvo loading" }), revoke);
  } catch {
    revoke();
    return undefined;
  }
}

export class LoadingWorker {
  private readonly waiting = new Map<string, { settle: (outcome: Outcome) => void; tell: Tell }>();
  private broken = false;

  /** `started` is called once, when it runs, or will not. */
  constructor(
    private readonly worker: Worker,
    started: () => void,
  ) {
    let tell = (): void => {
      tell = () => undefined;
      started();
    };
    worker.onmessage = ({ data }: MessageEvent<FromLoading>) => {
      tell();
      if ("bytes" in data) this.waiting.get(data.file)?.tell(data.bytes);
      else this.settle(data);
    };
    // A policy refused it, or what it has made cannot be had here.
    worker.onerror = worker.onmessageerror = () => {
      tell();
      this.broken = true;
      for (const file of this.waiting.keys()) this.settle({ file, value: null });
    };
  }

  /** Each file once; `tell` hears how much of it has come. Never rejects. */
  load(order: Order, tell: Tell): Promise<Outcome> {
    const { file } = order;
    if (this.broken) return Promise.resolve({ file, value: null });
    return new Promise((resolve) => {
      this.waiting.set(file, { settle: resolve, tell });
      this.worker.postMessage(order);
    });
  }

  rest(): void {
    this.worker.postMessage(REST);
  }

  stop(): void {
    this.worker.terminate();
  }

  private settle(outcome: Outcome): void {
    this.waiting.get(outcome.file)?.settle(outcome);
    this.waiting.delete(outcome.file);
  }
}
