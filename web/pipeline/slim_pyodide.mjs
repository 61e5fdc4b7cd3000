/**
 * Makes Pyodide's two large files smaller, the first step to a slim release, and the last:
 * node slim_pyodide.mjs PYODIDE FOLDER SCRIPT…
 *
 * From PYODIDE/pyodide.asm.mjs goes what neither it nor the SCRIPTs mention, and of the exports of
 * PYODIDE/pyodide.asm.wasm, too. What is left is written to FOLDER under the same names. No module with compiled code can
 * be loaded into it later. The same input gives the same bytes.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mentionedExports, shortened } from "./mentioned_exports.mjs";
import { swept } from "./swept_script.mjs";
import { withExportsAlone } from "./wasm_exports.mjs";

const ASM = "pyodide.asm.mjs";
const WASM = "pyodide.asm.wasm";

async function main([pyodide, folder, ...paths]) {
  const wasm = await readFile(join(pyodide, WASM));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  const scripts = texts.join("\n");
  const compiled = await WebAssembly.compile(wasm);
  const [imported, exported] = ["imports", "exports"].map((list) => WebAssembly.Module[list](compiled).map(({ name }) => name));
  const asm = shortened(swept(await readFile(join(pyodide, ASM), "utf8"), scripts, imported), scripts);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, ASM), asm);
  await writeFile(join(folder, WASM), withExportsAlone(wasm, mentionedExports(asm, scripts, exported)));
}

await main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
