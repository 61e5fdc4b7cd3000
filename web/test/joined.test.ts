/** The text of a worker with Emscripten's script in it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { joined, SHORT } from "../src/boot/joined.ts";

const LONG =
  "var _a,_b;function assignWasmExports(wasmExports){_a=wasmExports.a;_b=wasmExports.b}";
const BRIEF = "var _a;function assignWasmExports(wasmExports){_a=wasmExports.a}";
const ASM =
  "async function create(exports){var told={é:1};" +
  `${LONG}var wasmImports={};assignWasmExports(exports);return [_a(), typeof _b, told.é]}export default create;\n`;
const WORKER = `globalThis.began = "worker"${SHORT}${BRIEF}`;

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const scope = globalThis as { began?: string; createPyodideModule?: unknown };

test("it runs the worker, and holds the script, which assigns less", async () => {
  const text = await new Blob(joined(bytes(WORKER), bytes(ASM))).text();
  assert.ok(text.includes(BRIEF) && !text.includes(LONG));
  await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const create = scope.createPyodideModule as (exports: object) => Promise<unknown>;
  assert.equal(scope.began, "worker");
  assert.deepEqual(await create({ a: () => "a", b: () => "b" }), ["a", "undefined", 1]);
});

for (const [what, worker, asm] of [
  ["a worker without the shorter assignments", "worker", ASM],
  ["a script that assigns nothing", WORKER, "export default create;"],
  ["a script that exports nothing", WORKER, ASM.slice(0, ASM.indexOf("export"))],
] as const) {
  test(`texts that do not belong together are refused: ${what}`, () => {
    assert.throws(() => joined(bytes(worker), bytes(asm)), /is no part of a worker/);
  });
}
