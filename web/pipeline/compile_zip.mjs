/**
 * Compiles the Python in a zip with the very Python that will load it: node compile_zip.mjs IN OUT PLACE [--only NAME]
 * [--without NAME…] [--bare] [--stdlib ZIP]
 *
 * PLACE is where its files will be found, for tracebacks. `--only`, `--without`: beginnings of names; `--bare`: without
 * lines. The same input gives the same bytes. Compiling is most of a start's time otherwise.
 */

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { report, startPython } from "./python_in_node.mjs";

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", default: "" },
      without: { type: "string", multiple: true, default: [] },
      bare: { type: "boolean", default: false },
      stdlib: { type: "string" },
    },
  });
  const [input, output, place] = positionals;
  const python = await startPython(values.stdlib);
  python.runPython(await readFile(new URL("compile_zip.py", import.meta.url), "utf8"));
  const compile = python.globals.get("compile_zip");
  const { only, without, bare } = values;
  const compiled = compile(python.toPy(new Uint8Array(await readFile(input))), place, only, python.toPy(without), bare);
  await writeFile(output, compiled.toJs());
}

await main().catch(report);
