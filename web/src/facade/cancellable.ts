/** A promise that can be told that its result is no longer wanted. */

import { entryOf } from "../bridge/registry.js";

type Executor<T> = (
  resolve: (value: T | PromiseLike<T>) => void,
  reject: (reason?: unknown) => void,
  onCancel: (cancellation: () => void) => void,
) => void;

export class CancellablePromise<T> extends Promise<T> {
  private readonly abort: () => void;

  constructor(executor: Executor<T>) {
    let refuse: (reason?: unknown) => void = () => undefined;
    let cancellation = (): void => undefined;
    super((resolve, reject) => {
      refuse = reject;
      executor(resolve, reject, (callback) => {
        cancellation = callback;
      });
    });
    this.abort = () => {
      cancellation();
      refuse(new Error("Promise was cancelled"));
    };
    Object.defineProperty(this, "abort", { enumerable: false });
  }

  /** Rejects with Error "Promise was cancelled", which need not be handled; without effect on a settled promise. */
  cancel(): this {
    this.catch(() => undefined);
    this.abort();
    return this;
  }
}

/** A call of one of our objects that can be cancelled, also while its arguments are still being made. */
export function cancellableCall<T>(
  target: object,
  method: string,
  args: readonly unknown[] | Promise<readonly unknown[]>,
  progress?: (value: unknown) => void,
): CancellablePromise<T> {
  return new CancellablePromise<T>((resolve, reject, onCancel) => {
    const { caller } = entryOf(target).session;
    let cancelled = false;
    onCancel(() => {
      cancelled = true;
    });
    const begin = (ready: readonly unknown[]): void => {
      if (cancelled) return;
      const called = caller.call(target, method, ready, (id) => onCancel(() => caller.cancel(id)), progress);
      called.then((value) => resolve(value as T), reject);
    };
    if (args instanceof Promise) args.then(begin, reject);
    else begin(args);
  });
}
