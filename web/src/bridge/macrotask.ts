/** Runs something in a task of its own, after all promise reactions that are due. */

declare const setImmediate: ((callback: () => void) => unknown) | undefined;

export type Scheduler = (callback: () => void) => void;

/** The quickest way this platform has; `setTimeout` would be slowed down to 4 ms in a row of them. */
export function macrotaskScheduler(): Scheduler {
  if (typeof setImmediate === "function") return (callback) => void setImmediate(callback);
  if (typeof MessageChannel !== "function") return (callback) => void setTimeout(callback, 0);
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(0);
  };
}
