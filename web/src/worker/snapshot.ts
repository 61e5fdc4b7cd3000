/**
 * Restores the memory of a Python that the build has started (`web/pipeline/make_snapshot.mjs` writes it).
 *
 * The file is a wasm module with one section of ours (so that servers know its type, and compress it), of: the length of
 * a header; the header, JSON; for each stretch of memory that differs from a fresh one its address and length; the
 * stretches themselves. All numbers are 32 bits, little-endian. Not responsible for what must be renewed in Python.
 */

/** Of Emscripten's module object, what is used here. Private: the version of Pyodide is pinned, and a test looks. */
export interface PythonModule {
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  /** Where the interpreter's own state is, and where in it (at this address) the trampoline's table index. */
  readonly __PyRuntime: number;
  readonly __PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET: number;
  _PyObject_CallNoArgs(callable: number): number;
  _Py_DecRef(object: number): void;
  readonly API: {
    readonly config: { readonly BUILD_ID: string };
    restoreSnapshot(bytes: Uint8Array): unknown;
    /** Runs a text; gives its exit status and what it wrote to `stderr`. */
    rawRun(code: string): [number, string];
  };
}

interface Header {
  /** Of the Pyodide that made it. */
  readonly build: string;
  /** Bytes of the whole memory. */
  readonly memory: number;
  readonly runs: number;
  /** The JavaScript objects that Python held, for Pyodide to find again. */
  readonly references: unknown;
  /** Address of what is called before anything else, see `pyconvo/bridge/variety.py`. */
  readonly first: number;
}

/**
 * What Pyodide runs first. The snapshot's Python has it imported; for this line alone its parser and its compiler would
 * have to be compiled. (For the others see `pyconvo/bridge/known_code.py`.)
 */
const IMPORTED = "import _pyodide_core";

const SECTION = "pyconvo.snapshot";
/** Of a wasm module: magic and version, the section's kind, its size in five bytes, the length of its name. */
const START = 8 + 1 + 5 + 1 + SECTION.length;
const WORD = 4;

/** Makes Pyodide continue from the snapshot, where it would have restored one in its own format. */
export function continueFrom(snapshot: ArrayBuffer, python: PythonModule): void {
  const { rawRun } = python.API;
  python.API.rawRun = (code) => {
    python.API.rawRun = rawRun;
    return code === IMPORTED ? [0, ""] : rawRun(code);
  };
  python.API.restoreSnapshot = () => {
    try {
      return restore(new Uint8Array(snapshot), python);
    } finally {
      // Pyodide's settings hold it as long as Python runs: what is moved away can be freed.
      structuredClone(snapshot, { transfer: [snapshot] });
    }
  };
}

function restore(snapshot: Uint8Array, python: PythonModule): unknown {
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const bytes = view.getUint32(START, true);
  const text = snapshot.subarray(START + WORD, START + WORD + bytes);
  const header = JSON.parse(new TextDecoder().decode(text)) as Header;
  if (header.build !== python.API.config.BUILD_ID) {
    throw new Error(`the snapshot is of Pyodide ${header.build}, this is ${python.API.config.BUILD_ID}`);
  }
  const { HEAPU8: memory, HEAP32: words } = python;
  if (header.memory !== memory.length) {
    throw new Error(`the snapshot is of ${header.memory} bytes of memory, there are ${memory.length}`);
  }
  // Which place in the table of functions it has depends on the engine (and in some it has none, 0).
  const trampoline = (python.__PyRuntime + (words[python.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET / WORD] ?? 0)) / WORD;
  const own = words[trampoline] ?? 0;
  let run = START + WORD + bytes;
  let from = run + header.runs * 2 * WORD;
  for (let left = header.runs; left > 0; left--, run += 2 * WORD) {
    const length = view.getUint32(run + WORD, true);
    memory.set(snapshot.subarray(from, from + length), view.getUint32(run, true));
    from += length;
  }
  words[trampoline] = own;
  const shown = python._PyObject_CallNoArgs(header.first);
  if (shown === 0) throw new Error("what the snapshot calls first has failed in Python");
  python._Py_DecRef(shown);
  return header.references;
}
