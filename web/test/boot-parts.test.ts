/** The boot's single pieces: settings, time limit, verified downloads (from a real server), wasm checks. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, mock, test } from "node:test";

import { asBytes, type Verify } from "../src/boot/attempt.ts";
import { collect } from "../src/boot/collect.ts";
import { asModule, type Compiler } from "../src/boot/compile.ts";
import { Deadline } from "../src/boot/deadline.ts";
import { download, type Downloads } from "../src/boot/download.ts";
import { PyconvoBootError } from "../src/boot/errors.ts";
import { filesByWay } from "../src/boot/manifest.ts";
import { PolicyWatch } from "../src/boot/policy.ts";
import { configured, DEFAULT_TIMEOUT, settingsFromModule, settingsFromScript } from "../src/boot/settings.ts";
import { PART } from "../src/boot/tree-hash.ts";
import { wasmFailure, wasmProblem } from "../src/boot/wasm.ts";

const script = (src: string, attributes: Record<string, string> = {}) => ({
  src,
  getAttribute: (name: string) => attributes[name] ?? null,
});

test("a script tag tells where the runtime is and how to start", () => {
  const plain = settingsFromScript(script("https://cdn.example/p/1/pyconvo.min.js"), "https://app.example/chat/");
  assert.deepEqual(plain, {
    url: "https://cdn.example/p/1/runtime/",
    thread: "worker",
    lazy: false,
    timeout: DEFAULT_TIMEOUT,
    keep: true,
    way: "snapshot",
    nonce: undefined,
  });
  const special = settingsFromScript(
    script("https://cdn.example/x.js", {
      "data-runtime": "../files",
      "data-lazy": "",
      "data-thread": "main",
      "data-timeout": "5",
      "data-keep": "false",
      "data-start": "compiled",
    }),
    "https://app.example/chat/index.html",
  );
  assert.equal(special.url, "https://app.example/files/");
  const { lazy, thread, timeout, keep, way } = special;
  assert.deepEqual([lazy, thread, timeout, keep, way], [true, "main", 5, false, "compiled"]);
});

test("a place for the runtime is a directory, however it is written", () => {
  const place = (src: string, runtime: string) => settingsFromScript(script(src, { "data-runtime": runtime }), "https://app.example/x").url;
  assert.equal(place("https://cdn.example/p.js", "/files?v=1#top"), "https://app.example/files/");
  assert.equal(place("https://cdn.example/p.js", ""), "https://cdn.example/runtime/", "a template that was not filled in");
  assert.equal(place("https://cdn.example/p.js", "https://"), undefined);
});

test("without a page or an address nothing is assumed", () => {
  for (const src of ["blob:https://app.example/1-2-3", "data:text/javascript,0"]) {
    assert.equal(settingsFromScript(script(src), "https://app.example/").url, undefined);
  }
  assert.equal(settingsFromScript(null, undefined).url, undefined);
  assert.equal(settingsFromScript(script(""), "https://app.example/").url, undefined);
  assert.equal(settingsFromModule("file:///srv/pyconvo.mjs").url, undefined);
  assert.equal(settingsFromModule("https://cdn.example/pyconvo.mjs").url, "https://cdn.example/runtime/");
});

test("configure takes only what makes sense", () => {
  const settings = settingsFromModule(undefined);
  assert.equal(configured(settings, { url: "/static/pyconvo" }, "https://a.example/").url, "https://a.example/static/pyconvo/");
  assert.equal(configured(settings, { thread: "main" }, undefined).thread, "main");
  assert.throws(() => configured(settings, { thread: "two" as never }, undefined), TypeError);
  assert.throws(() => configured(settings, { url: "https://" }, undefined), /address of the directory/);
  assert.throws(() => configured(settings, { timeout: 0 }, undefined), TypeError);
  assert.equal(configured(settings, { keep: false }, undefined).keep, false);
  assert.equal(configured(settings, { start: "plain" }, undefined).way, "plain");
  assert.throws(() => configured(settings, { start: "fast" as never }, undefined), /snapshot, compiled, plain/);
});

test("a deadline expires once, and not when it was stopped", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  try {
    let expired = 0;
    new Deadline(3, () => expired++);
    const stopped = new Deadline(1, () => assert.fail("stopped"));
    stopped.stop();
    mock.timers.tick(2999);
    assert.equal(expired, 0);
    mock.timers.tick(1);
    assert.equal(expired, 1);
    mock.timers.tick(10_000);
    assert.equal(expired, 1);
  } finally {
    mock.timers.reset();
  }
});

test("a deadline that is restarted has all of its time again", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  try {
    let expired = 0;
    const deadline = new Deadline(3, () => expired++);
    mock.timers.tick(2000);
    deadline.restart();
    mock.timers.tick(2000);
    assert.equal(expired, 0);
    mock.timers.tick(1000);
    assert.equal(expired, 1);
  } finally {
    mock.timers.reset();
  }
});

test("how much of a file has come is told ten times a second at most", async () => {
  let now = 0;
  const clock = mock.method(performance, "now", () => now);
  try {
    let sent = 0;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      if (sent === CONTENT.length) return controller.close();
      now += 40;
      controller.enqueue(Buffer.from(CONTENT.slice(sent, (sent += 1))));
    };
    const told: number[] = [];
    const fetch = async (): Promise<Response> => new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
    await download(downloads({ hashes: true, fetch }), "good.txt", asBytes, (bytes) => told.push(bytes));
    assert.deepEqual(told, [3, 6, 9, 12]);
  } finally {
    clock.mock.restore();
  }
});

test("a manifest without one of the parts is refused", () => {
  const entry = { integrity: "sha384-x", tree: "x", bytes: 1 };
  assert.throws(() => filesByWay({ version: "1", files: { "worker.mjs": entry } }), /has no asm/);
});

const CONTENT = "the very bytes";
const sri = (text: string): string => `sha384-${createHash("sha384").update(text).digest("base64")}`;
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
function treeOf(bytes: Uint8Array): string {
  const parts = [];
  for (let start = 0; start < bytes.length; start += PART) parts.push(sha256(bytes.subarray(start, start + PART)));
  return sha256(Buffer.concat(parts)).toString("base64");
}
/** `comes`: how much of the body does before the line breaks off. */
const served = new Map<string, (attempt: number) => { status: number; body: string; comes?: number }>([
  ["/good.txt", () => ({ status: 200, body: CONTENT })],
  ["/changed.txt", () => ({ status: 200, body: "the very byteS" })],
  ["/gone.txt", () => ({ status: 404, body: "" })],
  ["/half.txt", () => ({ status: 200, body: CONTENT, comes: 5 })],
  ["/unsteady.txt", (attempt) => ({ status: 200, body: CONTENT, comes: attempt < 3 ? 5 : CONTENT.length })],
  ["/stale.txt", (attempt) => ({ status: 200, body: attempt === 1 ? "an old copy" : CONTENT })],
]);
const attempts = new Map<string, number>();
let server: Server;

before(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    const attempt = (attempts.get(path) ?? 0) + 1;
    attempts.set(path, attempt);
    const { status, body, comes } = served.get(path)?.(attempt) ?? { status: 404, body: "" };
    response.writeHead(status, { "content-length": body.length });
    if (comes === undefined) response.end(body);
    else response.write(body.slice(0, comes), () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

after(() => {
  server.close();
  server.closeAllConnections();
});

function downloads(changes: Partial<Downloads> = {}): Downloads {
  const entry = { integrity: sri(CONTENT), tree: treeOf(Buffer.from(CONTENT)), bytes: CONTENT.length };
  return {
    manifest: {
      version: "1",
      files: Object.fromEntries([...served.keys()].map((path) => [path.slice(1), entry])),
    },
    locate: (file) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${file}`,
    policy: new PolicyWatch(undefined),
    fetch: (url, options) => fetch(url, options),
    hashes: false,
    online: () => true,
    ...changes,
  };
}

const untold = (): void => undefined;

async function failure(work: Promise<unknown>): Promise<PyconvoBootError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof PyconvoBootError, String(error));
    return error;
  }
  return assert.fail("it did not fail");
}

async function text(from: Downloads, file: string): Promise<string> {
  return new TextDecoder().decode(await download(from, file, asBytes, untold));
}

for (const [who, checks] of [
  ["the browser", { hashes: false }],
  ["we ourselves", { hashes: true }],
] as const) {
  test(`the released bytes are accepted (${who} check)`, async () => {
    assert.equal(await text(downloads(checks), "good.txt"), CONTENT);
  });

  test(`one changed byte is refused, and the file is named (${who} check)`, async () => {
    const error = await failure(text(downloads(checks), "changed.txt"));
    assert.deepEqual([error.name, error.reason, error.file], ["PyconvoBootError", "integrity", "changed.txt"]);
    assert.match(error.message, /not the file this version/);
  });

  test(`a line that breaks off is not a changed file (${who} check)`, async () => {
    attempts.clear();
    for (const file of ["half.txt", "unsteady.txt"]) {
      const error = await failure(text(downloads(checks), file));
      assert.deepEqual([error.reason, error.file], ["network", file]);
      assert.match(error.message, /broke off.*Try again/);
    }
  });

  test(`a stale copy on the way is replaced by a second request (${who} check)`, async () => {
    attempts.clear();
    assert.equal(await text(downloads(checks), "stale.txt"), CONTENT);
    assert.equal(attempts.get("/stale.txt"), 2);
  });
}

test("what is made of a file while it arrives is given away only when its bytes are known", async () => {
  const made: string[] = [];
  const take = async (response: Response, verify: Verify | undefined): Promise<string> => {
    const copy = response.clone();
    made.push(await response.text());
    assert.equal((await verify?.(copy, false))?.byteLength, 0);
    return "given away";
  };
  assert.equal((await failure(download(downloads({ hashes: true }), "changed.txt", take, untold))).reason, "integrity");
  assert.deepEqual(made, ["the very byteS", "the very byteS"]);
  assert.equal(await download(downloads({ hashes: true }), "good.txt", take, untold), "given away");
});

test("files arrive at the same time, in pieces, one breaks off: each gets its own bytes", async () => {
  const size = 2 * PART + 300_000;
  const whole = Buffer.alloc(size, "0123456789");
  const broken = () => {
    let left = 2;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      left-- > 0 ? controller.enqueue(new Uint8Array(1000)) : controller.error(new TypeError("network error"));
    return new Response(new ReadableStream({ pull }));
  };
  const lost = collect(broken(), 5000).then(() => assert.fail("it arrived"), String);
  const files = [whole, whole.subarray(0, size / 2), whole.subarray(0, PART)];
  const found = await Promise.all(files.map((file) => collect(new Response(file), file.length)));
  assert.deepEqual(
    found.map(({ bytes, hash }, index) => [Buffer.from(bytes).equals(files[index] as Buffer), hash]),
    files.map((file) => [true, treeOf(file)]),
  );
  assert.match(await lost, /network error/);
  assert.equal((await collect(new Response(null), 0)).hash, treeOf(Buffer.alloc(0)));
});

test("a response is read into memory that is there, or in pieces of its own where it has no other", async () => {
  const file = Buffer.alloc(2 * PART + 300_000, "0123456789");
  const asked: (string | undefined)[] = [];
  const responses = (["bytes", undefined] as const).map((type) => {
    let sent = 0;
    const pull = (controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>): void => {
      asked.push("byobRequest" in controller && controller.byobRequest ? "into" : type);
      const end = Math.min(file.length, sent + 700_001);
      controller.enqueue(new Uint8Array(file.subarray(sent, end)));
      sent = end;
      if (sent < file.length) return;
      controller.close();
      if ("byobRequest" in controller) controller.byobRequest?.respond(0);
    };
    const source = { pull, ...(type && { type }) } as UnderlyingDefaultSource<Uint8Array>;
    return new Response(new ReadableStream(source));
  });
  for (const response of responses) {
    const { hash, bytes } = await collect(response, file.length);
    assert.deepEqual([hash, Buffer.from(bytes).equals(file)], [treeOf(file), true]);
  }
  assert.deepEqual(new Set(asked), new Set(["into", undefined]));
});

test("a file of another size than expected is hashed like any other", async () => {
  for (const [size, keep] of [
    [10, 9],
    [10, 11],
    [10, null],
  ] as const) {
    const { hash, bytes } = await collect(new Response(Buffer.alloc(size)), keep);
    assert.deepEqual([hash, bytes.byteLength], [treeOf(Buffer.alloc(size)), keep ?? 0]);
  }
});

test("a missing file is told from a changed one", async () => {
  const error = await failure(text(downloads(), "gone.txt"));
  assert.deepEqual([error.reason, error.file], ["network", "gone.txt"]);
  assert.match(error.message, /answered 404/);
  assert.match(error.message, /data-runtime/);
});

test("an unreachable server, and no network at all", async () => {
  const refused = () => Promise.reject(new TypeError("Failed to fetch"));
  const unreachable = await failure(text(downloads({ fetch: refused }), "good.txt"));
  assert.equal(unreachable.reason, "network");
  assert.match(unreachable.message, /Access-Control-Allow-Origin/);
  const offline = await failure(text(downloads({ fetch: refused, online: () => false }), "good.txt"));
  assert.equal(offline.reason, "network");
  assert.match(offline.message, /offline/);
});

test("a policy that forbids to connect is named", async () => {
  const page = new EventTarget();
  const policy = new PolicyWatch(page as never);
  const fetch = (url: string) => {
    const report = { effectiveDirective: "connect-src", blockedURI: new URL(url).origin, disposition: "enforce" };
    page.dispatchEvent(Object.assign(new Event("securitypolicyviolation"), report));
    return Promise.reject(new TypeError("Failed to fetch"));
  };
  const error = await failure(text(downloads({ policy, fetch }), "good.txt"));
  assert.equal(error.reason, "policy");
  assert.match(error.message, /to connect-src/);
  policy.stop();
});

test("wasm that cannot run is noticed before anything is loaded", () => {
  assert.equal(wasmProblem(WebAssembly), null);
  assert.equal(wasmProblem(undefined)?.reason, "wasm");
  const refusing = {
    ...WebAssembly,
    Module: class {
      constructor() {
        throw new WebAssembly.CompileError("violates the following Content Security Policy directive");
      }
    },
  } as unknown as Compiler;
  assert.equal(wasmProblem(refusing)?.reason, "policy");
});

test("a module compiles with and without its content type; a broken one is an error", async () => {
  const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const take = asModule(WebAssembly as Compiler, (error) => wasmFailure("a.wasm", error));
  for (const type of ["application/wasm", "application/octet-stream"]) {
    const response = new Response(empty, { headers: { "content-type": type } });
    const { module, streamed } = await take(response, undefined);
    assert.deepEqual([module instanceof WebAssembly.Module, streamed], [true, false], "not checked here: not kept compiled");
    const checked = new Response(empty, { headers: { "content-type": type } });
    const verify: Verify = async (copy) => copy.arrayBuffer();
    assert.equal((await take(checked, verify)).streamed, type === "application/wasm");
  }
  const error = await failure(take(new Response("not wasm"), undefined));
  assert.deepEqual([error.reason, error.file], ["wasm", "a.wasm"]);
});

test("running out of memory is told from other failures", () => {
  assert.equal(wasmFailure("a.wasm", new RangeError("WebAssembly.Memory(): could not allocate memory")).reason, "memory");
  assert.equal(wasmFailure("a.wasm", new WebAssembly.LinkError("import object field")).reason, "wasm");
});
