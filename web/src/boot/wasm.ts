/** Says whether wasm can run here, and what its failures mean. `loadPyodide` itself would wait for ever. */

import type { Compiler } from "./compile.ts";
import { memoryError, noWasmError, type PyconvoBootError, wasmError, wasmPolicyError } from "./errors.ts";

/** The smallest module there is. */
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** Before anything is loaded: may this page run wasm at all? */
export function wasmProblem(compiler: Compiler | undefined): PyconvoBootError | null {
  if (compiler === undefined || typeof compiler.Module !== "function") return noWasmError();
  try {
    // WebKit lets a policy speak only at the second of the two steps.
    new compiler.Instance(new compiler.Module(EMPTY));
    return null;
  } catch (error) {
    // Nothing but a policy refuses an empty module.
    return wasmPolicyError(error);
  }
}

/** What a failure to compile or to instantiate means. */
export function wasmFailure(file: string, error: unknown): PyconvoBootError {
  const text = error instanceof Error ? error.message : String(error);
  if (/wasm-unsafe-eval|unsafe-eval|content security policy|blocked by csp/i.test(text)) return wasmPolicyError(error);
  // By its name: one of the worker's comes as a copy.
  const isRange = error instanceof Error && error.name === "RangeError";
  if (isRange || /out of memory|could not allocate|memory allocation/i.test(text)) {
    return memoryError(error);
  }
  return wasmError(file, error);
}
