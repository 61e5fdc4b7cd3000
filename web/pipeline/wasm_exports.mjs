/**
 * A wasm module with fewer exports. Only the section that lists them is written anew: what was exported stays where it
 * is, and whatever the module itself uses goes on working.
 */

const MAGIC = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const EXPORTS = 7;

/** The module in `wasm`, exporting what of `names` it does already. Throws for what is no wasm, or exports nothing. */
export function withExportsAlone(wasm, names) {
  const bytes = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error("this is not a wasm module");
  const kept = new Set(names);
  for (let start = MAGIC.length; start < bytes.length; ) {
    const [size, content] = number(bytes, start + 1);
    const end = content + size;
    if (bytes[start] === EXPORTS) {
      const section = shortened(bytes.subarray(content, end), kept);
      return Buffer.concat([bytes.subarray(0, start + 1), encoded(section.length), section, bytes.subarray(end)]);
    }
    start = end;
  }
  throw new Error("this wasm module exports nothing");
}

/** The section's content: how many, and for each its name, its kind (one byte) and its number among those of the kind. */
function shortened(section, kept) {
  const [count, first] = number(section, 0);
  const entries = [];
  for (let index = 0, start = first; index < count; index++) {
    const [length, name] = number(section, start);
    const [, end] = number(section, name + length + 1);
    if (kept.has(section.toString("utf8", name, name + length))) entries.push(section.subarray(start, end));
    start = end;
  }
  return Buffer.concat([encoded(entries.length), ...entries]);
}

/** The number (LEB128) at `start`, and where it ends. */
function number(bytes, start) {
  let value = 0;
  for (let end = start, factor = 1; ; factor *= 0x80) {
    const byte = bytes[end++];
    if (byte === undefined) throw new Error("the wasm module ends too early");
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, end];
  }
}

function encoded(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 0x80) | 0x80);
  }
}
