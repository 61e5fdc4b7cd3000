/** The page's session storage: what goes along with a client, what comes back from the core, and whatever may fail. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { connected, FakeCore, settle } from "./fake-core.js";

const OURS = { "id::document::CH1": "{}", "id::list::CH1.messages": "[]", "id::map::x": "1" };

/** A storage as browsers have it: entries are properties, methods are the prototype's. */
class FakeStorage {
  [key: string]: unknown;
  constructor(entries: Record<string, string>) {
    Object.assign(this, entries);
  }
  setItem(key: string, value: string): void {
    if (value.length > 100) throw new DOMException("full", "QuotaExceededError");
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

function provide(get: () => unknown): void {
  Object.defineProperty(globalThis, "sessionStorage", { configurable: true, get });
}

afterEach(() => Reflect.deleteProperty(globalThis, "sessionStorage"));

async function stored(options?: Record<string, unknown>): Promise<unknown> {
  const core = new FakeCore();
  new core.facade.Client("token", options);
  await settle();
  return core.last("new")["stored"];
}

test("entries of Sync go along, those of the page do not", async () => {
  provide(() => new FakeStorage({ theme: "dark", "a::b": "c", ...OURS }));
  assert.deepEqual(await stored(), OURS);
  assert.deepEqual(await stored({ Sync: {} }), OURS);
  assert.deepEqual(await stored({ Sync: { enableSessionStorage: true } }), OURS);
});

test("the option switches it off, as in the official SDK", async () => {
  provide(() => new FakeStorage(OURS));
  for (const off of [false, null, 0]) assert.equal(await stored({ Sync: { enableSessionStorage: off } }), undefined);
});

test("a page without storage, or that may not use it", async () => {
  provide(() => undefined);
  assert.equal(await stored(), undefined);
  provide(() => {
    throw new DOMException("denied", "SecurityError");
  });
  assert.equal(await stored(), undefined);
  const { core, client } = await connected();
  core.tell({ op: "store", key: "id::map::x", value: "1" }, { op: "store", key: "id::map::x", value: null });
  core.tell({ op: "patch", target: -1, state: { connectionState: "denied" } });
  assert.equal((client as unknown as { connectionState: string }).connectionState, "denied");
});

test("what the core keeps is written at once, what it gives up removed; a full storage is passed over", async () => {
  const storage = new FakeStorage(OURS);
  provide(() => storage);
  const { core } = await connected();
  core.tell(
    { op: "store", key: "id::document::CH1", value: null },
    { op: "store", key: "id::document::CH2", value: "x".repeat(101) },
    { op: "store", key: "id::map::x", value: "2" },
  );
  assert.deepEqual({ ...storage }, { "id::list::CH1.messages": "[]", "id::map::x": "2" });
});
