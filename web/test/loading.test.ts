/** The worker that loads: what it does, what the page does where it cannot, and how long it lives. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import type { Fetch } from "../src/boot/attempt.ts";
import type { PyconvoBootError } from "../src/boot/errors.ts";
import { type FromLoading, REST, type ToLoading } from "../src/boot/loading.ts";
import { type LoadingScope, serve } from "../src/boot/loading-worker.ts";
import type { Platform, Runtime } from "../src/boot/runtime.ts";
import { EMPTY, FILES, hashed, named, PlayedWorker, runtime, Store } from "./played-worker.ts";

const TEXTS = ["worker.mjs", "pyodide.asm.mjs"];
const LARGE = ["pyodide.asm.wasm", "snapshot.wasm"];
type Files = typeof FILES;
const HEADERS = { "cache-control": "public, max-age=31536000, immutable", "content-type": "application/wasm" };

/** What is served: the files, but for what a test changes. */
function serving(files: Files, asked: string[], changed: Record<string, () => Response> = {}): Fetch {
  return async (url) => {
    asked.push(named(url));
    return changed[named(url)]?.() ?? new Response(files[named(url)], { headers: HEADERS });
  };
}

interface Played {
  readonly made: Runtime;
  /** Asked for by the page, and by the worker. */
  readonly page: string[];
  readonly worker: string[];
  terminated(): boolean;
  rested(): boolean;
  revoked(): number;
  /** The time in which the page has nothing else to do. */
  later(): Promise<void>;
}

interface How {
  files?: Files;
  fetch?: Record<string, () => Response>;
  workerFetch?: Record<string, () => Response>;
  /** What happens instead of a worker that runs. */
  refused?: "at once" | "by an event";
  platform?: Partial<Platform>;
  store?: Store;
}

/** A runtime with the real code of the worker that loads, on this thread. */
async function played({ files = FILES, fetch, workerFetch, refused, platform, store }: How): Promise<Played> {
  const [page, worker]: [string[], string[]] = [[], []];
  let [terminated, rested, revoked] = [false, false, 0];
  let later: (() => Promise<void>) | undefined;
  const caches = store?.asPlatform();

  class Loading {
    onmessage: ((event: { data: FromLoading }) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    private readonly scope: LoadingScope = {
      fetch: serving(files, worker, workerFetch),
      postMessage: (data) => setImmediate(() => this.onmessage?.({ data })),
      onmessage: null,
      WebAssembly,
      ...(caches && { caches }),
    };

    constructor() {
      if (refused === "at once") throw new Error("SecurityError");
      if (refused === undefined) serve(this.scope);
      else setImmediate(() => this.onerror?.({}));
    }

    postMessage(data: ToLoading): void {
      rested ||= data === REST;
      setImmediate(() => this.scope.onmessage?.({ data } as never));
    }

    terminate(): void {
      terminated = true;
    }
  }

  const Worker = function (_url: string, options: { name: string }): object {
    return options.name === "pyconvo loading" ? new Loading() : new PlayedWorker();
  };
  const made = runtime(
    {
      hashes: true,
      loading: "text",
      caches: () => caches,
      fetch: serving(files, page, fetch),
      later: (task) => (later = task),
      Worker: Worker as never,
      createUrl: ([first]) => (first === "text" ? "blob:loading" : "blob:x"),
      revokeUrl: (url) => {
        if (url === "blob:loading") revoked += 1;
      },
      ...platform,
    },
    {},
    await hashed(files),
  );
  return {
    made,
    page,
    worker,
    terminated: () => terminated,
    rested: () => rested,
    revoked: () => revoked,
    later: async () => later?.(),
  };
}

async function failure(made: Runtime): Promise<PyconvoBootError> {
  return made.start().then(
    () => assert.fail("it started"),
    (reason: unknown) => reason as PyconvoBootError,
  );
}

test("the worker loads what is large, the page only its texts; each once", async () => {
  const { made, page, worker, revoked } = await played({});
  await made.start();
  assert.deepEqual([page.sort(), worker.sort()], [TEXTS.sort(), LARGE]);
  assert.equal(made.progress.loaded, made.progress.total);
  assert.deepEqual([...(PlayedWorker.made[0]?.parts ?? [])].sort(), ["snapshot", "wasm"]);
  assert.equal(revoked(), 1);
});

for (const refused of ["at once", "by an event"] as const) {
  test(`where the worker is refused ${refused} the page loads everything`, async () => {
    const { made, page, worker, revoked } = await played({ refused });
    await made.start();
    assert.deepEqual([page.sort(), worker], [[...TEXTS, ...LARGE].sort(), []]);
    assert.equal(revoked(), 1);
  });
}

test("the page loads what the worker could not", async () => {
  const lost = { "pyodide.asm.wasm": () => Response.error(), "snapshot.wasm": () => new Response("an old copy") };
  const { made, page, worker } = await played({ workerFetch: lost });
  await made.start();
  assert.deepEqual([page.sort(), worker.sort()], [[...TEXTS, ...LARGE].sort(), LARGE]);
  assert.deepEqual(PlayedWorker.made[0]?.expected, ["wasm", "snapshot"], "by the way it began");
});

test("the page finds out why a file cannot be had, and ends the worker", async () => {
  const changed = new Uint8Array([...EMPTY, 0]);
  const reasons: [Record<string, () => Response>, string][] = [
    [{ "pyodide.asm.wasm": () => new Response(changed, { headers: HEADERS }) }, "integrity"],
    [{ "pyodide.asm.wasm": () => new Response("", { status: 404 }) }, "network"],
  ];
  for (const [fetch, reason] of reasons) {
    const { made, terminated } = await played({ fetch, workerFetch: fetch });
    const error = await failure(made);
    assert.deepEqual([error.reason, error.file, terminated()], [reason, "pyodide.asm.wasm", true]);
  }
});

test("a wasm that this browser cannot compile is named as on the page", async () => {
  const { made } = await played({ files: { ...FILES, "pyodide.asm.wasm": "not wasm" } });
  const error = await failure(made);
  assert.deepEqual([error.reason, error.file], ["wasm", "pyodide.asm.wasm"]);
});

test("where nothing is kept the worker ends with the start", async () => {
  const { made, terminated } = await played({ platform: { keeps: false } });
  await made.start();
  assert.equal(terminated(), true);
});

test("the worker that has compiled lives until the browser has stored that, and is not needed the next time", async () => {
  const store = new Store();
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const first = await played({ store });
    await first.made.start();
    await first.later();
    assert.equal(first.rested(), true);
    mock.timers.tick(4999);
    assert.equal(first.terminated(), false);
    mock.timers.tick(1);
    assert.equal(first.terminated(), true);
  } finally {
    mock.timers.reset();
  }
  const second = await played({ store });
  await second.made.start();
  assert.deepEqual(second.worker, ["pyodide.asm.wasm"], "the snapshot is kept");
  await second.later();
  assert.deepEqual([second.terminated(), second.rested()], [true, false]);
});

class SilentStore extends Store {
  override match(): Promise<never> {
    return new Promise(() => undefined);
  }
}

test("a store that does not answer is not waited for, at the start or afterwards", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { made, worker, terminated } = await played({ store: new SilentStore() });
    void made.start();
    // What it waits for beside the store takes real time: a minute is more than enough.
    for (const end = Date.now() + 60_000; !terminated() && Date.now() < end; ) {
      mock.timers.tick(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual([terminated(), made.state, worker.sort()], [true, "ready", LARGE]);
  } finally {
    mock.timers.reset();
  }
});

test("an outcome that cannot be sent to the page is one that the page tries for itself", async () => {
  const sent: FromLoading[] = [];
  const posted = new Promise<void>((resolve) => {
    const scope: LoadingScope = {
      fetch: async () => new Response(EMPTY),
      postMessage: (outcome) => {
        if (!("value" in outcome) || outcome.value !== null) throw new DOMException("refused", "DataCloneError");
        sent.push(outcome);
        resolve();
      },
      onmessage: null,
      WebAssembly,
    };
    serve(scope);
    const order = { file: "a", url: "http://a.example/a", as: "module", kept: false, hashes: false, integrity: "", tree: "", bytes: 8 };
    scope.onmessage?.({ data: order } as MessageEvent<ToLoading>);
  });
  await posted;
  assert.deepEqual(sent, [{ file: "a", value: null }]);
});

test("a file that comes slowly, but comes, is waited for, and shows how far it is", async () => {
  let [now, pieces] = [0, 0];
  const clock = mock.method(performance, "now", () => now);
  mock.timers.enable({ apis: ["setInterval"] });
  try {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      // The time limit is 5 seconds; the file has six bytes.
      now += 4000;
      mock.timers.tick(4000);
      const piece = Buffer.from("memory").subarray(pieces, (pieces += 1));
      if (piece.length === 0) controller.close();
      else controller.enqueue(piece);
    };
    const slow = (): Response => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: HEADERS });
    const { made } = await played({ workerFetch: { "snapshot.wasm": slow } });
    const seen = new Set<number>();
    made.onChange(() => seen.add(made.progress.total - made.progress.loaded));
    await made.start();
    assert.deepEqual([...seen].slice(-6), [5, 4, 3, 2, 1, 0]);
  } finally {
    mock.timers.reset();
    clock.mock.restore();
  }
});
