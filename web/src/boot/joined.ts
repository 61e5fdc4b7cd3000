/**
 * Emscripten's script put into the worker's own text. As a module of its own the browser would fetch it a second time, and
 * only when the worker runs; it would read its one large function twice, first as one that may never be called; and more
 * than a third of it names exports that nobody uses. All of that is on the way of each start: some 40 ms of a later visit
 * in Chromium. The file itself stays as Pyodide has released it, and is checked as such.
 */

/** From here on `worker.mjs` holds what the build has made of the function below. */
export const SHORT = "\n/* assignWasmExports */\n";
/** In the asm file: begins with this, ends with the next brace; before it the variables are declared. */
const ASSIGNING = "function assignWasmExports(wasmExports){";
const DECLARING = "var ";
const EXPORTING = "export default ";

/** The text of a worker that finds the script as `createPyodideModule`. */
export function joined(worker: ArrayBuffer, asm: ArrayBuffer): BlobPart[] {
  const [own, script] = [worker, asm].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
  const split = place(own, own.lastIndexOf(SHORT));
  const assigning = place(script, script.indexOf(ASSIGNING));
  const from = place(script, script.lastIndexOf(DECLARING, assigning));
  const to = place(script, script.indexOf("}", assigning)) + 1;
  const end = place(script, script.lastIndexOf(EXPORTING));
  // What is in parentheses is read at once, as something that will be called.
  return [
    `${own.slice(0, split)};\nglobalThis.createPyodideModule=(`,
    script.slice(0, from),
    own.slice(split + SHORT.length),
    script.slice(to, end),
    ");\n",
  ];
}

function place(text: string, found: number): number {
  if (found < 0) throw new Error(`A text of ${text.length} characters is no part of a worker of this pyconvo`);
  return found;
}
