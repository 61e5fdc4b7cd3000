/** The whole start from the page's side, with a worker played by the test: states, progress, every way to fail. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { PyconvoBootError } from "../src/boot/errors.ts";
import { type Platform, Runtime } from "../src/boot/runtime.ts";
import type { ToWorker } from "../src/worker/messages.ts";
import { FILES, line, MANIFEST, named, PlayedWorker, runtime, SETTINGS } from "./played-worker.ts";

const importVerified: Platform["importVerified"] = async (url) => ({
  url,
  module: { startInterpreter: async () => ({ receive: () => undefined }) },
});

async function failed(made: Runtime): Promise<PyconvoBootError> {
  const error = await made.start().then(
    () => assert.fail("it started"),
    (reason: unknown) => reason as PyconvoBootError,
  );
  assert.equal(made.state, "failed");
  assert.equal(await made.ready.catch((reason: unknown) => reason), error);
  return error;
}

test("goes through its states, tells its progress, and gives a line", async () => {
  const made = runtime();
  const seen: string[] = [];
  made.onChange(() => seen.push(`${made.state} ${made.progress.loaded}/${made.progress.total}`));
  assert.equal(made.state, "idle");
  const port = await made.start();
  await made.ready;
  assert.deepEqual(seen, [
    "loading 0/40",
    "loading 10/40",
    "loading 20/40",
    "loading 30/40",
    "loading 40/40",
    "starting 40/40",
    "ready 40/40",
  ]);
  const [worker] = PlayedWorker.made;
  const heard: string[] = [];
  port.onmessage = (text) => heard.push(text);
  port.post("to the core");
  worker?.say("to the page");
  assert.deepEqual([worker?.texts, heard], [["to the core"], ["to the page"]]);
  assert.equal(await made.start(), port, "it starts once");
  assert.throws(() => made.configure({ thread: "main" }), /has been started/);
});

test("nothing is touched before the start", () => {
  const made = new Runtime(MANIFEST, SETTINGS, () => assert.fail("touched"));
  assert.deepEqual([made.state, made.version, made.lazy], ["idle", "1", true]);
});

test("a worker that was refused, at once or by an event without words", async () => {
  const thrown = await failed(
    runtime({
      Worker: class {
        constructor() {
          throw new Error("SecurityError");
        }
      } as never,
    }),
  );
  assert.equal(thrown.reason, "policy");
  assert.match(thrown.message, /data-thread="main"/);
  const made = runtime();
  PlayedWorker.script = (worker) => worker.onerror?.({});
  assert.equal((await failed(made)).reason, "policy");
});

test("failures inside the worker keep their cause", async () => {
  const cases = [
    ["core", "ImportError", "no module", "core"],
    ["wasm", "LinkError", "bad import", "wasm"],
    ["wasm", "RangeError", "out of memory", "memory"],
  ] as const;
  for (const [during, name, message, reason] of cases) {
    const made = runtime();
    PlayedWorker.whenComplete = (worker) =>
      worker.say({ kind: "failed", during, error: { name, message, stack: undefined } });
    const error = await failed(made);
    assert.equal(error.reason, reason);
    assert.match(String(error.cause), new RegExp(message));
    assert.equal(PlayedWorker.made.length, reason === "core" ? 3 : 1, "another way helps only if Python fails");
    assert.ok(PlayedWorker.made.every((worker) => worker.terminated));
  }
});

test("where one way to start fails the next is tried, with what is there already", async () => {
  const asked: string[] = [];
  const fetch: Platform["fetch"] = async (url) => {
    asked.push(named(url));
    return new Response(FILES[asked.at(-1) ?? ""]);
  };
  const made = runtime({ fetch });
  const starts: string[][] = [];
  PlayedWorker.whenComplete = (worker) => {
    starts.push(worker.expected);
    const error = { name: "RuntimeError", message: "table index is out of bounds", stack: undefined };
    worker.say(starts.length < 3 ? { kind: "failed", during: "core", error } : { kind: "ready" });
  };
  const states: string[] = [];
  made.onChange(() => states.at(-1) === made.state || states.push(made.state));
  await made.start();
  assert.deepEqual(starts, [
    ["wasm", "snapshot"],
    ["wasm", "stdlib", "core"],
    ["wasm", "stdlib", "core"],
  ]);
  assert.deepEqual(states, ["loading", "starting", "loading", "starting", "loading", "starting", "ready"]);
  assert.deepEqual([...asked].sort(), Object.keys(FILES).sort(), "everything once");
  assert.deepEqual(made.progress, { loaded: 50, total: 50 });
  assert.deepEqual(
    PlayedWorker.made.map((worker) => worker.terminated),
    [true, true, false],
  );
});

test("a missing snapshot is done without, a missing interpreter is not", async () => {
  const without = (lost: string): Platform["fetch"] => async (url) =>
    named(url).endsWith(lost) ? new Response("", { status: 404 }) : new Response(FILES[named(url)]);
  await runtime({ fetch: without("snapshot.wasm") }).start();
  assert.deepEqual(PlayedWorker.made.at(-1)?.expected, ["wasm", "stdlib", "core"]);
  const error = await failed(runtime({ fetch: without("pyodide.asm.wasm") }));
  assert.deepEqual([error.reason, error.file], ["network", "pyodide.asm.wasm"]);
  const last = await failed(runtime({ fetch: without(".zip") }, { way: "compiled" }));
  assert.deepEqual([last.reason, last.file], ["network", "python_stdlib.zip"]);
});

test("a bundle that has not taken the files of a way along does not try it", async () => {
  const files = Object.fromEntries(
    Object.keys(FILES).slice(0, 6).map((name) => [name, `http://b.example/${name}`]),
  );
  const made = runtime({}, { url: undefined, files });
  const error = { name: "Error", message: "no", stack: undefined };
  PlayedWorker.whenComplete = (worker) => worker.say({ kind: "failed", during: "core", error });
  await failed(made);
  assert.equal(PlayedWorker.made.length, 2);
});

test("a start that hangs ends at the deadline, and names what was missing", async () => {
  const silent = runtime({}, { timeout: 0.5 });
  PlayedWorker.whenComplete = () => undefined;
  const starting = await failed(silent);
  assert.deepEqual([starting.reason, starting.file], ["timeout", undefined]);
  assert.match(starting.message, /starting Python/);

  const hanging = (url: string, { signal }: RequestInit): Promise<Response> =>
    named(url) === "snapshot.wasm"
      ? new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))))
      : Promise.resolve(new Response(FILES[named(url)]));
  const loading = await failed(runtime({ fetch: hanging }, { timeout: 0.5 }));
  assert.deepEqual([loading.reason, loading.file], ["timeout", "snapshot.wasm"]);
});

test("without wasm, without an address: said at once, nothing is loaded", async () => {
  const fetch = (): never => assert.fail("loaded something");
  assert.equal((await failed(runtime({ compiler: undefined, fetch }))).reason, "wasm");
  const lost = await failed(runtime({ fetch }, { url: undefined }));
  assert.match(lost.message, /runtime\.configure/);
});

test("a failed start can be tried again", async () => {
  let online = false;
  const made = runtime({
    fetch: async (url) => {
      if (!online) throw new TypeError("Failed to fetch");
      return new Response(FILES[named(url)]);
    },
    online: () => online,
  });
  assert.match((await failed(made)).message, /offline/);
  online = true;
  await made.start();
  await made.ready;
  assert.equal(made.state, "ready");
});

test("a part that cannot be handed to the worker ends the start", async () => {
  const made = runtime({
    Worker: class extends PlayedWorker {
      override postMessage(message: string | ToWorker): void {
        if (typeof message === "object" && message.kind === "part") throw new DOMException("refused", "DataCloneError");
        super.postMessage(message);
      }
    } as never,
  });
  const error = await failed(made);
  assert.deepEqual([error.reason, /DataCloneError: refused/.test(error.message)], ["core", true]);
});

test("what cannot be read of the worker ends the start", async () => {
  const made = runtime();
  PlayedWorker.script = (worker) => worker.onmessageerror?.();
  assert.match((await failed(made)).message, /cannot be read/);
});

test("after a failure the remedy that it names can be applied, and the start tried again", async () => {
  const made = runtime({ Worker: undefined, importVerified });
  await failed(made);
  made.configure({ thread: "main" });
  await made.start();
  assert.equal(made.state, "ready");
});

test("the address of the worker's text is given back, whatever becomes of the worker", async () => {
  for (const script of [
    (worker: PlayedWorker) => worker.onerror?.({}),
    (worker: PlayedWorker) => worker.say({ kind: "failed", during: "core", error: { name: "E", message: "", stack: undefined } }),
  ]) {
    const held = new Set<string>();
    const createUrl = (): string => {
      held.add("blob:text");
      return "blob:text";
    };
    const made = runtime({ createUrl, revokeUrl: (url) => void held.delete(url) }, { way: "plain" });
    PlayedWorker.script = script;
    await failed(made);
    assert.deepEqual([...held], []);
  }
});

test("the worker hears of the network from the page, as long as it lives", async () => {
  const made = runtime();
  const port = await made.start();
  line.network?.(false);
  line.network?.(true);
  assert.deepEqual(PlayedWorker.made[0]?.network, [false, true]);
  port.close();
  assert.equal(line.network, undefined);
  assert.equal(PlayedWorker.made[0]?.terminated, true);
});

test("on the page's thread the same line runs without a worker", async () => {
  const received: string[] = [];
  let post: (text: string) => void = () => undefined;
  const made = runtime(
    {
      Worker: undefined as never,
      importVerified: async (url) => ({
        url,
        module: {
          startInterpreter: async (_parts: unknown, send: (text: string) => void) => {
            post = send;
            return { receive: (text: string) => received.push(text) };
          },
        },
      }),
    },
    { thread: "main" },
  );
  const port = await made.start();
  const heard: string[] = [];
  port.onmessage = (text) => heard.push(text);
  port.post("a");
  post("b");
  assert.deepEqual([received, heard], [[], []], "never inside the caller's own call");
  await Promise.resolve();
  assert.deepEqual([received, heard], [["a"], ["b"]]);
});

test("where there is no browser, whoever asks is told what to do", () => {
  assert.throws(() => runtime({ isBrowser: false }).check(), { name: "PyconvoBootError", reason: "environment" });
});

test("without workers the remedy is named", async () => {
  const error = await failed(runtime({ Worker: undefined }));
  assert.equal(error.reason, "environment");
  assert.match(error.message, /thread: "main"/);
});

test("files that a bundler has placed are taken from there, the others from the directory", async () => {
  const asked: string[] = [];
  const fetch: Platform["fetch"] = async (url) => {
    asked.push(url);
    return new Response(FILES[named(url).replace(/-\w+(?=\.)/, "")]);
  };
  const files = { "snapshot.wasm": "http://b.example/assets/snapshot-a1b2.wasm" };
  await runtime({ fetch }, { files }).start();
  assert.ok(asked.includes(files["snapshot.wasm"]));
  assert.ok(asked.includes("http://a.example/runtime/worker.mjs?x"));
  const moved = runtime({ fetch }, { files });
  asked.length = 0;
  moved.configure({ url: "/static" });
  await moved.start();
  assert.ok(asked.every((url) => url.startsWith("http://a.example/static/")), "a directory that is said comes first");
});
