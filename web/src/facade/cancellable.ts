/** A promise that can be told that its result is no longer wanted. */

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

  /** Rejects with Error "Promise was cancelled"; without effect on a settled promise. */
  cancel(): this {
    this.abort();
    return this;
  }
}
