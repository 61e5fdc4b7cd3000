/**
 * Compiles Pyodide's standard library with the very Python that will load it: node repack_stdlib.mjs IN.zip OUT.zip
 *
 * Pyodide ships the sources; compiling them is most of a boot's time. The same input gives the same bytes.
 */

import { readFile, writeFile } from "node:fs/promises";
import { loadPyodide } from "../node_modules/pyodide/pyodide.mjs";

const REPACK = `
import importlib.util, io, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

EPOCH = (1980, 1, 1, 0, 0, 0)

def repack(data):
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in sorted(source.namelist()):
            if name.endswith("/") or name.endswith(".pyc"):
                continue
            content = source.read(name)
            if name.endswith(".py"):
                # The place at which Pyodide mounts the zip: tracebacks name it.
                code = compile(content, "/lib/python314.zip/" + name, "exec", dont_inherit=True, optimize=2)
                # "Unchecked": nothing compares it with a source that is not there.
                content = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(content), False))
                name += "c"
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content, compresslevel=9)
    return made.getvalue()
`;

const [input, output] = process.argv.slice(2);
const pyodide = await loadPyodide({
  // A fixed seed, or sets of constants would come in another order each time; and no column tables: a third of the size.
  env: { PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1", PYTHONDONTWRITEBYTECODE: "1" },
});
pyodide.runPython(REPACK);
const repack = pyodide.globals.get("repack");
const packed = repack(pyodide.toPy(new Uint8Array(await readFile(input))));
await writeFile(output, packed.toJs());
