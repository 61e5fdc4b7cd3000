// Starts the released interpreter on the page's thread, from parts loaded here, and lets a test run Python in it.

const runtime = new URL(`../dist/releases/${new URLSearchParams(location.search).get("release")}/runtime/`, location.href);

const bytes = async (name) => (await fetch(new URL(name, runtime))).arrayBuffer();

/** A module that makes Emscripten's module known to the page. */
function tapped() {
  const code = `import create from "${new URL("pyodide.asm.mjs", runtime)}";
    export default async (settings) => (globalThis.pythonModule = await create(settings));`;
  return URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}

window.start = async () => {
  const { startInterpreter } = await import(new URL("worker.mjs", runtime));
  const parts = {
    asm: Promise.resolve(tapped()),
    wasm: WebAssembly.compileStreaming(fetch(new URL("pyodide.asm.wasm", runtime))),
    snapshot: bytes("snapshot.wasm"),
  };
  await startInterpreter(parts, () => undefined, (error) => console.error(error));
  return "started";
};

window.python = (code) => globalThis.pythonModule.API.public_api.runPython(code);
