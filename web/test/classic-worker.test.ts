/** Workers of a page whose origin is opaque: classic scripts, made of the text of a module. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { classicText } from "../src/boot/classic-worker.ts";
import type { WorkerPlatform } from "../src/boot/threads.ts";
import { FILES, named, PlayedWorker, runtime } from "./played-worker.ts";

const MODULE = [
  "/*! a worker */var own=1;told.push(this===undefined,typeof globalThis.importScripts);export{own as theirs};\n;",
  "told.push(new URL('asm',import.meta.url).href)",
];

test("it runs as the module does, and Pyodide sees no classic worker", () => {
  const told: unknown[] = [];
  const scope = { told, URL, importScripts: () => undefined, self: { location: { href: "http://a.example/worker" } } };
  runInNewContext(classicText(MODULE).join(""), scope);
  assert.deepEqual(told, [true, "undefined", "http://a.example/asm"]);
  assert.equal("own" in scope, false);
});

for (const [what, text] of [
  ["exports nothing", ["var own=1"]],
  ["exports twice", [...MODULE, ...MODULE]],
] as const) {
  test(`a text is refused that ${what}`, () => {
    assert.throws(() => classicText([...text]), /no classic script can be made of it/);
  });
}

for (const [opaque, type] of [
  [true, "classic"],
  [false, "module"],
] as const) {
  test(`where the origin is ${opaque ? "opaque" : "the page's own"} both workers are of type ${type}`, async () => {
    const types: Record<string, string> = {};
    const texts: string[] = [];
    const Worker = function (_url: string, options: { type: string; name: string }): object {
      types[options.name] = options.type;
      if (options.name === "pyconvo") return new PlayedWorker();
      throw new Error("the page loads everything");
    };
    const exporting = { ...FILES, "worker.mjs": `export{};${FILES["worker.mjs"]}` };
    const made = runtime({
      opaque,
      loading: "loading",
      fetch: async (url) => new Response(exporting[named(url) as keyof typeof exporting]),
      Worker: Worker as unknown as WorkerPlatform["Worker"],
      createUrl: (code) => {
        texts.push(code.join(""));
        return "blob:x";
      },
    });
    await made.start();
    assert.deepEqual(types, { "pyconvo loading": type, pyconvo: type });
    assert.equal(texts[0], "loading");
    assert.equal(texts[1]?.includes("export{}"), !opaque);
  });
}
