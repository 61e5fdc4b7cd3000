/** A wasm module without some of its exports: all else is as it was, and what is not understood is refused. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { withExportsAlone } from "../pipeline/wasm_exports.mjs";

/** Longer than a length of one byte can say. */
const LONG = "long".repeat(50);
const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** Contents of sections. The first function gives 7, the second calls it and adds 1. */
const TYPES = [1, 0x60, 0, 1, 0x7f];
const FUNCTIONS = [2, 0, 0];
const MEMORY = [1, 0, 1];
const CODE = [2, 4, 0, 0x41, 7, 0x0b, 7, 0, 0x10, 0, 0x41, 1, 0x6a, 0x0b];
const CUSTOM = [1, 0x78, 1, 2];

const numbered = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...numbered(value >> 7)]);
const exported = (name: string, kind: number, index: number): number[] => [
  ...numbered(name.length),
  ...new TextEncoder().encode(name),
  kind,
  ...numbered(index),
];
const section = (kind: number, content: number[]): number[] => [kind, ...numbered(content.length), ...content];
const module = (...exports: number[][]): Uint8Array<ArrayBuffer> =>
  new Uint8Array([
    ...MAGIC,
    ...section(1, TYPES),
    ...section(3, FUNCTIONS),
    ...section(5, MEMORY),
    ...section(7, [...numbered(exports.length), ...exports.flat()]),
    ...section(10, CODE),
    ...section(0, CUSTOM),
  ]);

const SEVEN = exported("seven", 0, 0);
const EIGHT = exported("eight", 0, 1);
const PAGES = exported("memory", 2, 0);
const AGAIN = exported(LONG, 0, 0);

test("what is not named is gone, whatever its kind; what is left works as before", async () => {
  const made = withExportsAlone(module(SEVEN, PAGES, AGAIN, EIGHT), ["eight", LONG, "missing"]);
  assert.deepEqual(new Uint8Array(made), module(AGAIN, EIGHT));
  const { exports } = new WebAssembly.Instance(await WebAssembly.compile(made as Uint8Array<ArrayBuffer>));
  assert.deepEqual(Object.keys(exports), [LONG, "eight"]);
  assert.equal((exports.eight as () => number)(), 8);
});

test("numbers of several bytes are read and written", () => {
  const many = Array.from({ length: 300 }, (_, index) => exported(`name${index}`, 0, index % 2));
  const names = many.slice(0, 200).map((_, index) => `name${index}`);
  assert.deepEqual(new Uint8Array(withExportsAlone(module(...many), names)), module(...many.slice(0, 200)));
});

test("what stays as it is keeps every byte", () => {
  const whole = module(SEVEN, PAGES);
  assert.deepEqual(new Uint8Array(withExportsAlone(whole, ["seven", "memory"])), whole);
});

for (const [what, bytes, words] of [
  ["no wasm", [1, 2, 3, 4, 5, 6, 7, 8], /is not a wasm module/],
  ["nothing exported", [...MAGIC, ...section(1, TYPES)], /exports nothing/],
  ["cut off", [...MAGIC, 7], /ends too early/],
] as const) {
  test(`refused: ${what}`, () => {
    assert.throws(() => withExportsAlone(new Uint8Array(bytes), ["a"]), words);
  });
}
