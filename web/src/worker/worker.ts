/**
 * The worker's entry. The page sends the parts of the interpreter as they arrive; texts follow once it is ready.
 * The same file serves `{thread: "main"}`: there it only exports.
 */

import { type Interpreter, StartError, startInterpreter } from "./interpreter.ts";
import { type FromWorker, type PartMessage, type Parts, type PendingParts, plainError, type ToWorker } from "./messages.ts";

export { startInterpreter } from "./interpreter.ts";

/** What of the worker's global scope is used. */
interface WorkerScope {
  postMessage(message: string | FromWorker): void;
  onmessage: ((event: MessageEvent<string | ToWorker>) => void) | null;
  dispatchEvent(event: Event): boolean;
}

/** The promises of all parts, and the function that keeps one. */
function awaited(): { parts: PendingParts; arrived: (message: PartMessage) => void } {
  const keep: Partial<Record<keyof Parts, (value: never) => void>> = {};
  const pending = <Part extends keyof Parts>(part: Part): Promise<Parts[Part]> =>
    new Promise((resolve) => {
      keep[part] = resolve;
    });
  return {
    parts: { asm: pending("asm"), wasm: pending("wasm"), stdlib: pending("stdlib"), core: pending("core") },
    arrived: ({ part, value }) => keep[part]?.(value as never),
  };
}

async function serve(scope: WorkerScope): Promise<void> {
  const { parts, arrived } = awaited();
  let interpreter: Interpreter | undefined;
  scope.onmessage = ({ data }) => {
    if (typeof data === "string") interpreter?.receive(data);
    else if (data.kind === "part") arrived(data);
    // As if the worker had heard it itself; the host ignores what it knows already.
    else scope.dispatchEvent(new Event(data.online ? "online" : "offline"));
  };
  scope.postMessage({ kind: "alive" });
  try {
    interpreter = await startInterpreter(
      parts,
      (text) => scope.postMessage(text),
      (error) => scope.postMessage({ kind: "lost", error: plainError(error) }),
    );
    scope.postMessage({ kind: "ready" });
  } catch (error) {
    const { during, cause } = error instanceof StartError ? error : { during: "core" as const, cause: error };
    scope.postMessage({ kind: "failed", during, error: plainError(cause) });
  }
}

// A page has a document; a worker has none.
if (typeof document === "undefined" && typeof postMessage === "function") void serve(globalThis as unknown as WorkerScope);
