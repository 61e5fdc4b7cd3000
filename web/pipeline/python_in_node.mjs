/**
 * Starts Pyodide in Node such that what it makes is the same every time and everywhere: a clock that only counts how
 * often it was asked, randomness that is none, no name or path of this machine. For the build alone.
 */

import crypto from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import createModule from "../node_modules/pyodide/pyodide.asm.mjs";
import { loadPyodide } from "../node_modules/pyodide/pyodide.mjs";
import { buildId } from "./build_id.mjs";

/** Pyodide as it was released. */
const RELEASED = { createModule, settings: {} };

/**
 * A fixed seed, or sets would come in another order each time; no column tables: a third of the size; the library as it
 * was compiled, not what is frozen into the binary with its docstrings.
 */
const ENVIRONMENT = {
  PYTHONHASHSEED: "0",
  PYTHONNODEBUGRANGES: "1",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHON_FROZEN_MODULES: "off",
  TZ: "UTC",
  LANG: "C.UTF-8",
};

function standStill() {
  process.env.TZ = "UTC";
  let milliseconds = Date.UTC(2000, 0, 1);
  const tick = () => (milliseconds += 0.001);
  Date.now = () => Math.floor(tick());
  performance.now = tick;
  let state = 1;
  const fill = (view) => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let index = 0; index < bytes.length; index++) bytes[index] = (state = (state * 75 + 74) % 65537) & 0xff;
    return view;
  };
  globalThis.crypto.getRandomValues = fill;
  crypto.randomFillSync = fill;
}

standStill();

/** Pyodide with the two files of `folder` instead of those released. */
export async function changedPyodide(folder) {
  const { default: create } = await import(pathToFileURL(resolve(folder, "pyodide.asm.mjs")).href);
  const lockFileURL = fileURLToPath(new URL("../node_modules/pyodide/pyodide-lock.json", import.meta.url));
  return { createModule: create, settings: { indexURL: resolve(folder), lockFileURL, BUILD_ID: await buildId(folder) } };
}

/** `stdlib`: a zip with Python's library, Pyodide's own (sources) if there is none. `options`: of `loadPyodide`. */
export function startPython(stdlib, options = {}, { createModule, settings } = RELEASED) {
  return loadPyodide({
    env: { ...ENVIRONMENT },
    args: [],
    _sysExecutable: "./this.program",
    ...(stdlib === undefined ? {} : { stdLibURL: stdlib }),
    createPyodideModule: createModule,
    ...settings,
    ...options,
  });
}

/** The memory as it is before Python starts, the same on every page but for a few random bytes. */
export async function freshMemory(stdlib, pyodide = RELEASED) {
  let memory;
  const enough = new Error("enough");
  const createPyodideModule = async (settings) => {
    const module = await pyodide.createModule({ ...settings, noInitialRun: true });
    memory = module.HEAPU8.slice();
    throw enough;
  };
  await startPython(stdlib, { createPyodideModule }, pyodide).catch((error) => {
    if (error !== enough) throw error;
  });
  return memory;
}

/** Node itself would print the place in the code as well, a line of a megabyte. */
export function report(error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
