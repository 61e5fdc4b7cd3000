/**
 * Makes what pages start from: node make_snapshot.mjs STDLIB.zip CORE.zip SNAPSHOT.wasm PRUNED.zip [PYODIDE]
 *
 * STDLIB and CORE are compiled. SNAPSHOT is the memory of a Python in which pyconvo is imported, as its difference from
 * the memory before Python has started; `web/src/worker/snapshot.ts` restores it, and says how it is laid out. One
 * serves all engines. PRUNED is the part of STDLIB that was imported, for starts without a snapshot. PYODIDE is a
 * folder with the two files of one that we have changed. The same input gives the same bytes.
 */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { homedir, hostname, userInfo } from "node:os";
import { changedPyodide, freshMemory, report, startPython } from "./python_in_node.mjs";

/** Smaller blocks hardly make it smaller. */
const BLOCK = 256;
const SECTION = "pyconvo.snapshot";

const PLACE = "/lib/python3.14/site-packages/";

const PREPARE = `
import sitecustomize
from pyconvo.bridge.known_code import stand_in
from pyconvo.bridge.snapshot import prepare
first = prepare()
stand_in()
sitecustomize.finish()
first
`;

const UNPACK = `
import io, zipfile

def unpack(data):
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return [[name, source.read(name)] for name in source.namelist()]

unpack
`;

const PRUNE = `
import importlib, sys
from pyconvo.bridge.snapshot import MODULES

def prune(data):
    """What of the library is imported by pyconvo, and all that is not a module."""
    for name in MODULES:
        importlib.import_module(name)
    wanted = {name.replace(".", "/") + end for name in sys.modules for end in (".pyc", "/__init__.pyc")}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.infolist():
            if entry.filename in wanted or entry.filename.startswith(("pyodide/", "_pyodide/")):
                target.writestr(entry, source.read(entry), compresslevel=9)
    return made.getvalue()

prune
`;

/** Overwrites memory that nobody uses: it only makes the snapshot larger, and nobody knows what it says. */
function zeroFreeMemory(module) {
  const memory = module.HEAPU8;
  memory.fill(0, module._emscripten_stack_get_end(), module.stackSave());
  const top = module._sbrk(0);
  const taken = [];
  for (let size = 1 << 18; size >= 16; size >>= 1) {
    for (;;) {
      const address = module._malloc(size);
      if (address === 0) break;
      taken.push(address);
      memory.fill(0, address, address + size);
      if (address >= top) break;
    }
  }
  for (const address of taken) module._free(address);
}

/** `[start, end]` of all stretches of blocks that differ. */
function differences(before, after) {
  const [old, now] = [before, after].map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const runs = [];
  for (let start = 0; start < now.length; start += BLOCK) {
    if (old.compare(now, start, start + BLOCK, start, start + BLOCK) === 0) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === start) last[1] += BLOCK;
    else runs.push([start, start + BLOCK]);
  }
  return runs;
}

/** A wasm module with nothing but a section of ours: servers know its type, and compress it. */
function wrapped(parts) {
  const name = Buffer.from(SECTION);
  const content = Buffer.concat([Buffer.from([name.length]), name, ...parts]);
  const size = Buffer.alloc(5);
  for (let index = 0, rest = content.length; index < 5; index++, rest >>>= 7) size[index] = (rest & 0x7f) | (index < 4 ? 0x80 : 0);
  return Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0]), size, content]);
}

function snapshotFile(memory, fresh, build, references, first) {
  const runs = differences(fresh, memory);
  const header = Buffer.from(
    JSON.stringify({
      build,
      memory: memory.length,
      sha256: createHash("sha256").update(memory).digest("hex"),
      runs: runs.length,
      references,
      first,
    }),
  );
  const numbers = Buffer.alloc(4 + runs.length * 8);
  numbers.writeUInt32LE(header.length, 0);
  runs.forEach(([start, end], index) => {
    numbers.writeUInt32LE(start, 4 + index * 8);
    numbers.writeUInt32LE(end - start, 8 + index * 8);
  });
  return wrapped([numbers.subarray(0, 4), header, numbers.subarray(4), ...runs.map(([start, end]) => memory.subarray(start, end))]);
}

/** Nothing of this machine may be in what everybody gets. */
function checkAnonymous(memory) {
  const { username } = userInfo();
  const told = { "the working directory": process.cwd(), "the home directory": homedir() };
  for (const [index, word] of process.argv.entries()) told[`argument ${index}`] = word;
  // "root", "runner" or "server" are also words of Python's library.
  const telling = (name) => /[-.\d]/.test(name);
  if (telling(username)) told["the user's name"] = username;
  if (telling(hostname())) told["the machine's name"] = hostname();
  const text = Buffer.from(memory);
  for (const [what, value] of Object.entries(told)) {
    if (value.length > 5 && text.includes(value)) throw new Error(`${what} (${value}) is in the snapshot`);
  }
}

/** `files`: [name, bytes]. */
function install(python, files) {
  for (const [name, bytes] of files) {
    python.FS.mkdirTree(PLACE + name.slice(0, name.lastIndexOf("/")));
    python.FS.writeFile(PLACE + name, bytes);
  }
  python.runPython("import sys; sys.path_importer_cache.clear()", { globals: python.toPy({}) });
}

async function main([stdlib, core, snapshotPath, prunedPath, folder]) {
  const pyodide = folder === undefined ? undefined : await changedPyodide(folder);
  const fresh = await freshMemory(stdlib, pyodide);
  // One that pages without a snapshot have: of it is known what is needed then.
  const usual = await startPython(stdlib, {}, pyodide);
  const given = async (file) => usual.toPy(new Uint8Array(await readFile(file)));
  const files = usual.runPython(UNPACK)(await given(core)).toJs();
  install(usual, files);
  await writeFile(prunedPath, usual.runPython(PRUNE)(await given(stdlib)).toJs());

  const lean = await readFile(new URL("lean_python.py", import.meta.url));
  const fsInit = async (FS, { sitePackages }) => {
    FS.mkdirTree(sitePackages);
    FS.writeFile(`${sitePackages}/sitecustomize.py`, lean);
  };
  const python = await startPython(stdlib, { _makeSnapshot: true, fsInit }, pyodide);
  const module = python._module;
  install(python, files);
  const scope = python.toPy({});
  const first = python.runPython(PREPARE, { globals: scope });
  scope.destroy();
  zeroFreeMemory(module);
  const image = python.makeMemorySnapshot();
  const [, start, length] = new Uint32Array(image.buffer, image.byteOffset, 3);
  const references = JSON.parse(new TextDecoder().decode(image.subarray(48, 48 + length)));
  const memory = image.subarray(start);
  if (memory.length !== fresh.length) throw new Error(`Python grew its memory to ${memory.length} bytes: pages start with ${fresh.length}`);
  checkAnonymous(memory);
  await writeFile(snapshotPath, snapshotFile(memory, fresh, python._api.config.BUILD_ID, references, first));
}

await main(process.argv.slice(2)).catch(report);
