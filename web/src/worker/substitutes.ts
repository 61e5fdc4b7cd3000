/**
 * Stands in for `fetch` and `WebAssembly` inside the bundled, unmodified `pyodide.mjs` (the build injects both names).
 * Pyodide would load its files itself, unverified; it is given the parts that the page has had loaded and verified.
 * And a wasm that does not start would leave `loadPyodide` waiting for ever; here the failure is reported.
 */

import { withMentionedExports, withoutGraphics } from "./linking.ts";
import type { PendingParts } from "./messages.ts";

/** A zip without files: after a snapshot the library is in the memory. */
const EMPTY_ZIP = new Uint8Array(22);
EMPTY_ZIP.set([0x50, 0x4b, 5, 6]);

/** Below this address the parts appear to Pyodide. It is never asked for. */
export const PARTS_URL = "https://runtime.invalid/";

let parts: PendingParts | undefined;
/** What failed before anybody listened. It fails every start: it is not tried again. */
let early: { error: unknown } | undefined;
let wasmFailed = (error: unknown): void => {
  early = { error };
};

/** Serves these parts from now on. One interpreter per global scope. */
export function provide(pending: PendingParts, onWasmFailed: (error: unknown) => void): void {
  parts = pending;
  wasmFailed = onWasmFailed;
  if (early !== undefined) wasmFailed(early.error);
}

export async function fetch(input: URL | string): Promise<Response> {
  const url = String(input);
  if (parts !== undefined && url === `${PARTS_URL}stdlib.zip`) return new Response((await parts.stdlib) ?? EMPTY_ZIP);
  // Not read: the module is compiled already, see below.
  if (url === `${PARTS_URL}pyodide.asm.wasm`) return new Response();
  throw new TypeError(`Pyodide asked for ${url}, which is not a part of the runtime`);
}

async function instantiateStreaming(
  _source: unknown,
  imports: WebAssembly.Imports = {},
): Promise<WebAssembly.WebAssemblyInstantiatedSource> {
  try {
    if (parts === undefined) throw new Error("no wasm was provided");
    const module = await parts.wasm;
    const instance = await globalThis.WebAssembly.instantiate(module, withoutGraphics(imports));
    return { module, instance: withMentionedExports(instance) };
  } catch (error) {
    wasmFailed(error);
    throw error;
  }
}

/** The same promise, for the small module of its own that Pyodide makes as soon as it is imported. */
async function reported<T>(made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    // An engine that does not know what is in there: Pyodide does without.
    if (!(error instanceof globalThis.WebAssembly.CompileError)) wasmFailed(error);
    throw error;
  }
}

export const WebAssembly: typeof globalThis.WebAssembly = Object.assign(
  Object.create((globalThis as { WebAssembly?: object }).WebAssembly ?? null) as typeof globalThis.WebAssembly,
  {
    instantiateStreaming,
    compile: (bytes: BufferSource) => reported(globalThis.WebAssembly.compile(bytes)),
    instantiate: (module: WebAssembly.Module, imports?: WebAssembly.Imports) =>
      reported(globalThis.WebAssembly.instantiate(module, imports)),
  },
) as typeof globalThis.WebAssembly;
