/**
 * The worker's entry. The page sends the parts of the interpreter as they arrive; texts follow once it is ready.
 * The same file serves `{thread: "main"}`: there it only exports.
 */

import { type Interpreter, StartError, startInterpreter } from "./interpreter.ts";
import {
  type FromWorker,
  type PartMessage,
  type PartName,
  type PendingParts,
  plainError,
  type ToWorker,
} from "./messages.ts";

export { startInterpreter } from "./interpreter.ts";

/** What of the worker's global scope is used. */
interface WorkerScope {
  postMessage(message: string | FromWorker): void;
  onmessage: ((event: MessageEvent<string | ToWorker>) => void) | null;
  onmessageerror: (() => void) | null;
  dispatchEvent(event: Event): boolean;
}

/** The promises of these parts, and the function that keeps one. */
function awaited(names: PartName[]): { parts: PendingParts; arrived: (message: PartMessage) => void } {
  const keep: Partial<Record<PartName, (value: never) => void>> = {};
  const pending = names.map((part) => [part, new Promise((resolve) => (keep[part] = resolve))]);
  return {
    parts: Object.fromEntries(pending) as PendingParts,
    arrived: ({ part, value }) => keep[part]?.(value as never),
  };
}

function serve(scope: WorkerScope): void {
  let arrived: ((message: PartMessage) => void) | undefined;
  let interpreter: Interpreter | undefined;
  const begin = async (names: PartName[]): Promise<void> => {
    const expected = awaited(names);
    arrived = expected.arrived;
    try {
      interpreter = await startInterpreter(
        expected.parts,
        (text) => scope.postMessage(text),
        (error) => scope.postMessage({ kind: "lost", error: plainError(error) }),
      );
      scope.postMessage({ kind: "ready" });
    } catch (error) {
      const { during, cause } = error instanceof StartError ? error : { during: "core" as const, cause: error };
      scope.postMessage({ kind: "failed", during, error: plainError(cause) });
    }
  };
  scope.onmessageerror = () =>
    scope.postMessage({ kind: "failed", during: "core", error: plainError(new Error("what the page sent cannot be read")) });
  scope.onmessage = ({ data }) => {
    if (typeof data === "string") interpreter?.receive(data);
    else if (data.kind === "part") arrived?.(data);
    else if (data.kind === "begin") void begin(data.parts);
    else if (data.kind === "exercise") interpreter?.exercise(() => scope.postMessage({ kind: "exercised" }));
    // As if the worker had heard it itself; the host ignores what it knows already.
    else scope.dispatchEvent(new Event(data.online ? "online" : "offline"));
  };
  scope.postMessage({ kind: "alive" });
}

// A page has a document; a worker has none.
if (typeof document === "undefined" && typeof postMessage === "function") serve(globalThis as unknown as WorkerScope);
