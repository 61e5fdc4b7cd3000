/**
 * What the page and the worker say to each other beside the bridge's texts (strings pass untouched both ways).
 */

/** The pieces of an interpreter, all verified. */
export interface Parts {
  /** Address of `pyodide.asm.mjs` for `import()`; absent where the worker's own text holds it. */
  asm?: string;
  wasm: WebAssembly.Module;
  /** The memory of a Python that has been started already; without it, both of the following. */
  snapshot?: ArrayBuffer;
  /** Zip of the standard library. */
  stdlib?: ArrayBuffer;
  /** Zip of pyconvo. */
  core?: ArrayBuffer;
}

export type PartName = keyof Parts;

export type PendingParts = { [Part in keyof Parts]: Promise<NonNullable<Parts[Part]>> };

export type PartMessage = { [Part in keyof Parts]-?: { kind: "part"; part: Part; value: NonNullable<Parts[Part]> } }[PartName];

/**
 * `begin`: start with these parts; they follow as they arrive. `network`: the page heard that the browser went online or
 * offline; not every engine tells its workers. `exercise`: see `Interpreter`.
 */
export type ToWorker =
  | { kind: "begin"; parts: PartName[] }
  | PartMessage
  | { kind: "network"; online: boolean }
  | { kind: "exercise" };

/** An error as plain data: class and extra fields do not survive the way. */
export interface PlainError {
  name: string;
  message: string;
  stack: string | undefined;
}

export type FromWorker =
  | { kind: "alive" }
  | { kind: "ready" }
  | { kind: "exercised" }
  | { kind: "failed"; during: "wasm" | "core"; error: PlainError }
  | { kind: "lost"; error: PlainError };

export function plainError(error: unknown): PlainError {
  return error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : { name: "Error", message: String(error), stack: undefined };
}

export function revivedError(plain: PlainError): Error {
  const error = new Error(plain.message);
  Object.defineProperty(error, "name", { value: plain.name, configurable: true });
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}
