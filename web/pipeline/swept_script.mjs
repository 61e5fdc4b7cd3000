/**
 * Emscripten's script without what nobody mentions. For modules that could be loaded later it brings all of its libraries
 * along: graphics, sound, windows. The script is one function; of its statements those go that only define a name which
 * occurs in no other text that stays, be it in a string. What stays keeps every character.
 */

import { parse } from "acorn";

/** What Emscripten adds to a function that it has defined: its signature, and the name it has outside. */
const ADDED = /^(?:([\w$]+)\.sig="\w*"|Module\["([\w$]+)"\]=([\w$]+));$/;
/** All that a wasm module may import, by name. */
const IMPORTS = "wasmImports";

const wordsOf = (text) => text.match(/[\w$]+/g) ?? [];

/**
 * `scripts`: other texts that mention names; `imports`: names that the wasm imports. Throws if the script is of another
 * form.
 */
export function swept(asm, scripts, imports) {
  const [{ type, body }] = parse(asm, { ecmaVersion: "latest", sourceType: "module" }).body;
  if (type !== "FunctionDeclaration") {
    throw new Error("pyodide.asm.mjs does not begin with its function: is it of another Emscripten?");
  }
  const textOf = ({ start, end }) => asm.slice(start, end);
  const statements = body.body.map((statement) => partsOf(statement, textOf, new Set(imports)));
  const known = new Set(wordsOf(scripts));
  const waiting = new Set(statements.flatMap(({ parts }) => parts));
  for (let before; before !== waiting.size; ) {
    before = waiting.size;
    for (const part of waiting) {
      if (part.names !== undefined && !part.names.some((name) => known.has(name))) continue;
      waiting.delete(part);
      for (const word of wordsOf(part.text)) known.add(word);
    }
  }
  const left = statements.map(({ parts, whole }) => whole(parts.filter((part) => !waiting.has(part)).map(({ text }) => text)));
  return asm.slice(0, body.start + 1) + left.join("") + asm.slice(body.end - 1);
}

/** The parts of a statement, each with the names without which nobody needs it; and how they are put together. */
function partsOf(statement, textOf, imports) {
  const whole = (texts) => texts.join("");
  const text = textOf(statement);
  const added = text.match(ADDED);
  if (statement.type === "FunctionDeclaration") return { parts: [{ names: [statement.id.name], text }], whole };
  if (added !== null) return { parts: [{ names: added.slice(1), text }], whole };
  if (statement.type !== "VariableDeclaration") return { parts: [{ text }], whole };
  return {
    parts: statement.declarations.map((one) => declared(one, textOf, imports)),
    whole: (texts) => (texts.length === 0 ? "" : `${statement.kind} ${texts.join(",")};`),
  };
}

function declared({ id, init, ...place }, textOf, imports) {
  if (id.name === IMPORTS) {
    const used = init.properties.filter(({ key }) => imports.has(key.name ?? key.value));
    return { text: `${IMPORTS}={${used.map(textOf).join(",")}}` };
  }
  const text = textOf(place);
  return id.type === "Identifier" && doesNothing(init) ? { names: [id.name], text } : { text };
}

/** Whether it is a mere value: what is never asked for need not be made. */
function doesNothing(value) {
  if (value === null) return true;
  if (value.type === "ObjectExpression") return value.properties.every((one) => !one.computed && doesNothing(one.value ?? one));
  return ["FunctionExpression", "ArrowFunctionExpression", "Literal", "Identifier"].includes(value.type);
}
