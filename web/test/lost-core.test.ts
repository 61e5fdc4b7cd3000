/** An interpreter that crashes, whenever it does: everybody is told, nothing of it stays, and the next client has a new one. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createFacade } from "../src/facade/index.js";
import type { Runtime as BootRuntime } from "../src/boot/runtime.ts";
import { settle } from "./fake-core.ts";
import { line, PlayedWorker, runtime } from "./played-worker.ts";

const LOST = { kind: "lost", error: { name: "RuntimeError", message: "unreachable", stack: undefined } } as const;

function worker(number = 0): PlayedWorker {
  return PlayedWorker.made[number] ?? assert.fail("no such worker was made");
}

test("its line is told once, its worker ended", async () => {
  const made = runtime();
  const port = await made.start();
  const lost: string[] = [];
  port.onlost = (error) => lost.push(`${made.state}: ${error.message}`);
  worker().say(LOST);
  assert.match(lost.join(), /^failed: .*stopped working.*unreachable/);
  assert.deepEqual([worker().terminated, line.network], [true, undefined]);
});

test("the runtime can be started again, and gives another line", async () => {
  const made = runtime();
  const first = await made.start();
  worker().say(LOST);
  const second = await made.start();
  await made.ready;
  assert.notEqual(first, second);
  assert.deepEqual([made.state, PlayedWorker.made.length], ["ready", 2]);
});

test("who is told may start it at once", async () => {
  const made = runtime();
  const port = await made.start();
  const again = new Promise<unknown>((resolve) => (port.onlost = () => resolve(made.start())));
  worker().say(LOST);
  assert.notEqual(await again, port);
});

test("before the first client: that one has a new interpreter", async () => {
  const made = runtime();
  await made.start();
  worker().say(LOST);
  const { Client } = createFacade(made);
  new Client("token");
  await made.start();
  await settle();
  assert.deepEqual([worker(0).texts.length, worker(1).texts.length], [0, 1]);
});

test("with a client: it says so, and the next one has a new interpreter", async () => {
  const made = runtime();
  const { Client } = createFacade(made);
  const client = new Client("token");
  const failed = new Promise<{ error: Error }>((resolve) => (client as any).on("initFailed", resolve));
  await made.start();
  await settle();
  worker().say(LOST);
  assert.match((await failed).error.message, /stopped working.*Make a new Client/);
  new Client("token");
  await made.start();
  await settle();
  assert.equal(worker(1).texts.length, 1);
});

test("on the page's own thread it is no longer listened to", async () => {
  let [post, crash]: [(text: string) => void, (error: unknown) => void] = [() => undefined, () => undefined];
  const startInterpreter = async (_parts: unknown, send: typeof post, lost: typeof crash): Promise<object> => {
    [post, crash] = [send, lost];
    return { receive: () => assert.fail("it is dead") };
  };
  const importVerified = async (url: string) => ({ url, module: { startInterpreter } });
  const made: BootRuntime = runtime({ importVerified }, { thread: "main" });
  const port = await made.start();
  const heard: string[] = [];
  port.onmessage = (text) => heard.push(text);
  port.onlost = (error) => heard.push(error.name);
  post("its last words");
  crash(new Error("unreachable"));
  crash(new Error("once more"));
  port.post("anybody there?");
  await settle();
  assert.deepEqual([heard, made.state], [["PyconvoBootError"], "failed"]);
});
