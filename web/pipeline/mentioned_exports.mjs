/**
 * Finds the exports of Pyodide's wasm that its own scripts use, a few hundred of 8,560. See `src/worker/linking.ts`.
 * Not responsible for reading the files.
 */

/** Where the asm file names every export, whether or not it is used. */
const NAMING = [
  /\bvar [\w$,]+;function assignWasmExports\(wasmExports\)\{.*?\}(?=var )/s,
  /function applySignatureConversions\(wasmExports\)\{.*?return wasmExports\}/s,
];
/** `_name=Module["_name"]=wasmExports["name"]`, or less. */
const ASSIGNMENT = /([^;{}]*)wasmExports\["([^"]+)"\](\.value)?/g;

const wordsOf = (text) => text.match(/[\w$]+/g) ?? [];

/**
 * Of the wasm's `exported` names those that the text of `pyodide.asm.mjs` or of `pyodide.mjs` mentions. Throws where
 * the asm file looks so different that what it uses cannot be told from what it only names.
 */
export function mentionedExports(asm, loader, exported) {
  let scripts = asm;
  const [assigning] = NAMING.map((part) => {
    const [found] = scripts.match(part) ?? [];
    if (found === undefined) throw different(`has no part like ${part}`);
    scripts = scripts.replace(found, () => "");
    return found;
  });
  // Other names of an export; and whether its `.value` is read, for which it must be there.
  const aliases = new Map();
  for (const [, left, name, value] of assigning.matchAll(ASSIGNMENT)) {
    const others = wordsOf(left).filter((word) => word !== "Module");
    aliases.set(name, { others, isRead: value !== undefined });
  }
  // Of these one is the parameter.
  const told = wordsOf(assigning).filter((word) => word === "wasmExports").length - 1;
  if (aliases.size === 0 || aliases.size !== told) {
    throw different(`assigns ${told} exports, ${aliases.size} of them in the form _name=wasmExports["name"]`);
  }
  const known = new Set(exported);
  const strange = [...aliases.keys()].find((name) => !known.has(name));
  if (strange !== undefined) throw different(`assigns ${strange}, which the wasm does not export`);
  const words = new Set(wordsOf(`${scripts} ${loader}`));
  const isUsed = (name) => {
    const { others, isRead } = aliases.get(name) ?? { others: [], isRead: false };
    return isRead || [name, `_${name}`, ...others].some((word) => words.has(word));
  };
  return exported.filter(isUsed);
}

function different(how) {
  return new Error(`pyodide.asm.mjs ${how}: is it of another Emscripten?`);
}
