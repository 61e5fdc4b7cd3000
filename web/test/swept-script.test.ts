/** Emscripten's script without what nobody mentions: what stays runs as before, and is the same text. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { swept } from "../pipeline/swept_script.mjs";

const START = "async function create(exports){var Module={};var begun=exports.begin(),unused=1,both=2;";
const END = "return {begun,both,told:go()}}export default create;\n";
const ASM =
  START +
  "function draw(){return line()}draw.sig=\"i\";Module[\"draw\"]=draw;function line(){}" +
  'var GL={table:{draw,"line":1},paint(){}};var twice=()=>both;' +
  "var go=()=>[indirect,Module.named()];go.sig=\"p\";" +
  'function named(){return"named"}Module["named"]=named;var indirect="by "+"string";' +
  'var lookup=name=>wasmImports[name];Module["lookup"]=lookup;' +
  'Module["outside"]=inside;function inside(){}' +
  "var {a:taken}={a:1};var spread={...exports};" +
  "function imported(){return below()}imported.sig=\"v\";function other(){}var below=()=>3;" +
  'var wasmImports={imported,other,"quoted":other};exports.imports(wasmImports);' +
  END;

const made = (imports: string[], scripts = ""): string => swept(ASM, scripts, imports);

async function run(script: string): Promise<{ result: unknown; imports: Record<string, () => number> }> {
  const { default: create } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  let given: Record<string, () => number> = {};
  const result = await create({ begin: () => "begun", imports: (object: typeof given) => (given = object) });
  return { result, imports: given };
}

test("what only defines a name that nobody mentions is left out, and all that only it mentions", () => {
  for (const gone of ["unused", "draw", "line", "GL", "twice", "lookup", "inside", "other"]) {
    assert.ok(ASM.includes(gone));
    assert.ok(!new RegExp(`\\b${gone}\\b`).test(made(["imported"])), gone);
  }
});

test("what is left is the same text, and does the same", async () => {
  const script = made(["imported"]);
  const parts = ['var go=()=>[indirect,Module.named()];go.sig="p";', 'imported.sig="v";', "var below=()=>3;"];
  for (const part of parts) assert.ok(script.includes(part), part);
  const { result, imports } = await run(script);
  assert.deepEqual(result, (await run(ASM)).result);
  assert.deepEqual(Object.keys(imports), ["imported"]);
  assert.equal(imports.imported?.(), 3);
});

test("what does something stays, whether or not it is mentioned", () => {
  const script = made([]);
  for (const part of ["var begun=exports.begin(),both=2;", "var {a:taken}={a:1};", "var spread={...exports};"]) {
    assert.ok(script.includes(part), part);
  }
});

test("a script of another form is refused in words", () => {
  assert.throws(() => swept(`var first=1;${ASM}`, "", []), /is it of another Emscripten\?/);
});

test("other texts and the wasm keep what they mention", () => {
  assert.ok(made([], "python._module.draw()").includes('function draw(){return line()}draw.sig="i";Module["draw"]=draw;function line(){}'));
  assert.ok(made([], "Module.outside").includes('Module["outside"]=inside;function inside(){}'));
  assert.ok(made(["quoted"]).includes('function other(){}var wasmImports={"quoted":other};'));
});
