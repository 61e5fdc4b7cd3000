/**
 * The name of a Pyodide that we have changed. A snapshot holds the one it was made with, and is refused by every other:
 * the memory of one wasm means nothing to another. Released files have the name that Pyodide has written into its loader.
 */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Of the two files in `folder`; as long as Pyodide's own. */
export async function buildId(folder) {
  const hash = createHash("sha256");
  for (const name of ["pyodide.asm.mjs", "pyodide.asm.wasm"]) hash.update(await readFile(join(folder, name)));
  return hash.digest("hex");
}
