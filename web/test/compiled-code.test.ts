/** What the browser has compiled of the wasm: made sure of once for each of its builds, where it can be kept at all. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Platform, Runtime } from "../src/boot/runtime.ts";
import type { Settings } from "../src/boot/settings.ts";
import { FILES, hashed, named, PlayedWorker, runtime, Store } from "./played-worker.ts";

const CACHED = { "cache-control": "public, max-age=31536000, immutable" };

interface Visit {
  store?: Store;
  engine?: string;
  type?: string;
  headers?: Record<string, string>;
  settings?: Partial<Settings>;
  hashes?: boolean;
  answers?: boolean;
  keeps?: boolean;
}

/** Starts a runtime, lets the time come in which a page has nothing else to do; gives how often the worker was asked. */
async function visit(how: Visit): Promise<number> {
  const { store, engine = "1", type = "application/wasm", headers = CACHED, settings } = how;
  const { hashes = true, answers = true, keeps = true } = how;
  let later: (() => Promise<void>) | undefined;
  const platform: Partial<Platform> = {
    hashes,
    keeps,
    caches: () => store?.asPlatform(),
    engine: async () => engine,
    later: (task) => (later = task),
    fetch: async (url) => {
      const own = named(url).endsWith(".wasm") ? type : "application/octet-stream";
      return new Response(FILES[named(url)], { headers: { ...headers, "content-type": own } });
    },
  };
  const made: Runtime = runtime(platform, settings, await hashed(FILES));
  let asked = 0;
  const unanswered = new Promise<void>((resolve) => {
    PlayedWorker.whenExercised = (worker) => {
      asked += 1;
      if (answers) worker.say({ kind: "exercised" });
      else resolve();
    };
  });
  await made.start();
  assert.equal(asked, 0, "not while the page starts");
  await Promise.race([later?.(), unanswered]);
  return asked;
}

test("the worker is asked once, some time after the first start", async () => {
  const store = new Store();
  assert.equal(await visit({ store }), 1);
  assert.equal(await visit({ store }), 0);
  assert.equal(store.entries.size, 2, "the snapshot, and a note");
});

test("another build of the browser has nothing of what this one has compiled", async () => {
  const store = new Store();
  await visit({ store });
  assert.equal(await visit({ store, engine: "2" }), 1);
  assert.equal(await visit({ store, engine: "2" }), 0);
});

test("a worker that does not come to its end is asked again the next time", async () => {
  const store = new Store();
  assert.equal(await visit({ store, answers: false }), 1);
  assert.equal(await visit({ store }), 1);
  assert.equal(await visit({ store }), 0);
});

class FullStore extends Store {
  override async put(): Promise<void> {
    throw new DOMException("no room", "QuotaExceededError");
  }
}

const never: Record<string, Visit> = {
  "where the page may keep nothing": { store: new Store(), settings: { keep: false } },
  "in a browser that gains nothing by it": { store: new Store(), keeps: false },
  "where nothing can be kept": {},
  "where there is no room for a note that it was": { store: new FullStore() },
  "where the address may be answered by something else the next time": { store: new Store(), headers: {} },
  "where the wasm is not compiled as it comes": { store: new Store(), type: "application/octet-stream" },
  "where the browser checks the file, and keeps nothing of such": { store: new Store(), hashes: false },
};
for (const [where, how] of Object.entries(never)) {
  test(`the worker is not asked ${where}`, async () => assert.equal(await visit(how), 0));
}
