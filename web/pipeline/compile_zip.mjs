/**
 * Compiles the Python in a zip with the very Python that will load it: node compile_zip.mjs IN OUT PLACE [--only NAME]
 * [--without NAME…] [--stdlib ZIP]
 *
 * PLACE is where its files will be found, for tracebacks. `--only`, `--without`: beginnings of names. The same input
 * gives the same bytes. Compiling is most of a start's time otherwise.
 */

import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { report, startPython } from "./python_in_node.mjs";

const COMPILE = `
import importlib.util, io, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

def compile_zip(data, place, only, without):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in sorted(source.namelist()):
            if name.endswith(("/", ".pyc")) or not name.startswith(only) or name.startswith(tuple(without)):
                continue
            content = source.read(name)
            if name.endswith(".py"):
                code = compile(content, place + name, "exec", dont_inherit=True, optimize=2)
                # "Unchecked": nothing compares it with a source that is not there.
                content = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(content), False))
                name += "c"
            # Of no time: a ZipInfo begins in 1980.
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content, compresslevel=9)
    return made.getvalue()

compile_zip
`;

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string", default: "" },
      without: { type: "string", multiple: true, default: [] },
      stdlib: { type: "string" },
    },
  });
  const [input, output, place] = positionals;
  const python = await startPython(values.stdlib);
  const compile = python.runPython(COMPILE);
  const compiled = compile(python.toPy(new Uint8Array(await readFile(input))), place, values.only, python.toPy(values.without));
  await writeFile(output, compiled.toJs());
}

await main().catch(report);
