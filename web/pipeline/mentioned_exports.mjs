/**
 * Finds the exports of Pyodide's wasm that its own scripts use, a few hundred of 8,560, and writes the function that
 * names them all anew for these alone. See `src/worker/linking.ts` and `src/boot/joined.ts`. Not responsible for reading
 * the files.
 */

/** Where the asm file names every export, whether or not it is used. */
const ASSIGNING = /\bvar ([\w$,]+);function assignWasmExports\(wasmExports\)\{(.*?)\}(?=var )/s;
const CONVERTING = /function applySignatureConversions\(wasmExports\)\{.*?return wasmExports\}/s;
/** `_name=Module["_name"]=wasmExports["name"]`, or less. */
const ASSIGNMENT = /^([^;{}]*)wasmExports\["([^"]+)"\](\.value>>>0)?$/;
/** What the asm file is, around all of that: one function. */
const WHOLE = /^async function ([\w$]+)\(.*\}\s*export default \1;\s*$/s;

const wordsOf = (text) => text.match(/[\w$]+/g) ?? [];

/**
 * Of the wasm's `exported` names those that the text of `pyodide.asm.mjs` or the other `scripts` mention, or that must be
 * there for the asm file to run. Throws where it looks so different that what it uses cannot be told from what it only names.
 */
export function mentionedExports(asm, scripts, exported) {
  const { statements, isMentioned } = analysed(asm, scripts);
  const known = new Set(exported);
  const strange = statements.find(({ name }) => !known.has(name));
  if (strange !== undefined) throw different(`assigns ${strange.name}, which the wasm does not export`);
  const byName = new Map(statements.map((statement) => [statement.name, statement]));
  return exported.filter((name) => byName.get(name)?.isRead || isMentioned(byName.get(name) ?? { name, aliases: [] }));
}

/** What may stand where the asm file declares and assigns all exports: the same for those that are mentioned. */
export function shortAssignments(asm, scripts) {
  if (!WHOLE.test(asm)) throw different("is not a single function that it exports");
  const { declared, statements, isMentioned } = analysed(asm, scripts);
  const kept = statements.filter(isMentioned);
  const dropped = new Set(statements.filter((one) => !isMentioned(one)).flatMap(({ aliases }) => aliases));
  const variables = declared.filter((name) => !dropped.has(name));
  const body = kept.map(({ text }) => text).join(";");
  return `var ${variables.join(",")};function assignWasmExports(wasmExports){${body}}`;
}

/** The asm file with these instead. */
export function shortened(asm, scripts) {
  const short = shortAssignments(asm, scripts);
  return asm.replace(ASSIGNING, () => short);
}

function analysed(asm, scripts) {
  const [, declared, body] = asm.match(ASSIGNING) ?? missing(ASSIGNING);
  if (!CONVERTING.test(asm)) missing(CONVERTING);
  const texts = body.split(";").filter((text) => text !== "");
  const statements = texts.flatMap((text) => {
    const [, left, name, value] = text.match(ASSIGNMENT) ?? [];
    // Its other names; and whether its `.value` is read, for which it must be there.
    const aliases = wordsOf(left ?? "").filter((word) => word !== "Module");
    return name === undefined ? [] : [{ text, name, aliases, isRead: value !== undefined }];
  });
  if (statements.length === 0 || statements.length !== texts.length) {
    throw different(`assigns ${texts.length} exports, ${statements.length} of them in the form _name=wasmExports["name"]`);
  }
  const others = asm.replace(ASSIGNING, "").replace(CONVERTING, "");
  const words = new Set(wordsOf(`${others} ${scripts}`));
  const isMentioned = ({ name, aliases }) => [name, `_${name}`, ...aliases].some((word) => words.has(word));
  return { declared: declared.split(","), statements, isMentioned };
}

function missing(part) {
  throw different(`has no part like ${part}`);
}

function different(how) {
  return new Error(`pyodide.asm.mjs ${how}: is it of another Emscripten?`);
}
