/** What the build keeps of the wasm's exports and writes anew, and that it does not build on an asm file that it misunderstands. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { mentionedExports, shortAssignments, shortened } from "../pipeline/mentioned_exports.mjs";

const NAMES = "var _used,_unused,__under,_loaded,_address;";
const ASSIGNED =
  '_used=Module["_used"]=wasmExports["used"];_unused=Module["_unused"]=wasmExports["unused"];' +
  '__under=wasmExports["_under"];_loaded=Module["_loaded"]=wasmExports["loaded"];' +
  '_address=Module["_address"]=wasmExports["address"].value>>>0;';
const CONVERTED = 'wasmExports["unused"]=wrapped(wasmExports["unused"]);';
const ASM =
  `async function create(){${NAMES}function assignWasmExports(wasmExports){${ASSIGNED}}var start=()=>{_used()};` +
  `function applySignatureConversions(wasmExports){${CONVERTED}return wasmExports}` +
  'function go(){__under();return Module["memory"]}return go()}export default create;\n';
const LOADER = "python._loaded()";
const EXPORTED = ["memory", "used", "unused", "_under", "loaded", "address", "aside"];

test("what a script calls is kept, and what it reads an address of; not what is only named", () => {
  assert.deepEqual(mentionedExports(ASM, LOADER, EXPORTED), ["memory", "used", "_under", "loaded", "address"]);
});

test("what names the exports is written anew for those that are mentioned: an address alone is none", () => {
  const short =
    'var _used,__under,_loaded;function assignWasmExports(wasmExports){_used=Module["_used"]=wasmExports["used"];' +
    '__under=wasmExports["_under"];_loaded=Module["_loaded"]=wasmExports["loaded"]}';
  assert.equal(shortAssignments(ASM, LOADER), short);
});

test("with that in its place a script needs fewer exports; a second time nothing changes", () => {
  const short = shortened(ASM, LOADER);
  assert.equal(short, ASM.replace(`${NAMES}function assignWasmExports(wasmExports){${ASSIGNED}}`, shortAssignments(ASM, LOADER)));
  assert.deepEqual(mentionedExports(short, LOADER, EXPORTED), ["memory", "used", "_under", "loaded"]);
  assert.equal(shortened(short, LOADER), short);
});

test("it is not put into a file of another form", () => {
  assert.throws(() => shortAssignments(`${ASM}export const more = 1;`, LOADER), /is not a single function/);
});

for (const [what, asm, words] of [
  ["no assignments", ASM.replace("assignWasmExports", "assign"), /has no part like .*assignWasmExports/],
  ["no conversions", ASM.replace("applySignatureConversions", "apply"), /has no part like .*applySignatureConversions/],
  ["nothing assigned", ASM.replace(ASSIGNED, ""), /assigns 0 exports, 0 of them/],
  ["other assignments", ASM.replace('wasmExports["_under"]', "wasmExports._under"), /assigns 5 exports, 4 of them/],
  ["another wasm's", ASM.replace('wasmExports["used"]', 'wasmExports["b"]'), /assigns b, which .* not export/],
] as const) {
  test(`the build ends in words: ${what}`, () => {
    assert.notEqual(asm, ASM);
    assert.throws(() => mentionedExports(asm, LOADER, EXPORTED), words);
    assert.throws(() => mentionedExports(asm, LOADER, EXPORTED), /is it of another Emscripten\?/);
  });
}
