/** The helper for testers starts a real emulator: the program is named by PYCONVO_TEST_PYTHON. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Emulator, EmulatorError, startEmulator } from "../testing/testing.ts";

const python = process.env["PYCONVO_TEST_PYTHON"] ?? "python3";
const command = [python, "-m", "pyconvo.cli"];
let emulator: Emulator;

before(async () => {
  emulator = await startEmulator({ command });
});

after(() => emulator.stop());

function login(token: string): Promise<WebSocket> {
  const socket = new WebSocket(emulator.wsUrl);
  socket.binaryType = "arraybuffer";
  const header = JSON.stringify({ method: "init", id: "TM1", token, capabilities: ["client_update"], registrations: [] });
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("no socket"));
    socket.onopen = () => socket.send(new TextEncoder().encode(`TWILSOCK V3.0 ${header.length}\r\n${header}\r\n`));
    socket.onmessage = ({ data }) => {
      const text = typeof data === "string" ? data : new TextDecoder().decode(data);
      if (text.includes('"code":200') || text.includes('"code": 200')) resolve(socket);
      else reject(new Error(text));
    };
  });
}

test("addresses and tokens", async () => {
  assert.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const token = await emulator.token("zoë & co", 60);
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  assert.equal(claims.grants.identity, "zoë & co");
});

test("seed, state, reset", async () => {
  await emulator.seed({ conversations: [{ uniqueName: "tea", participants: ["alice"], messages: { count: 3, author: "alice" } }] });
  const [tea] = (await emulator.state()).conversations;
  assert.equal(tea.uniqueName, "tea");
  assert.equal(tea.messages.length, 3);
  await emulator.reset();
  assert.deepEqual((await emulator.state()).conversations, []);
});

test("the clock", async () => {
  await emulator.freeze();
  const start = await emulator.now();
  await emulator.advance(90);
  assert.equal((await emulator.now()).getTime() - start.getTime(), 90_000);
  await emulator.resume();
});

test("faults are planned and taken back", async () => {
  const fault = await emulator.fault({ on: "request", action: "refuse", status: 429 });
  assert.equal((await emulator.state()).faults.length, 1);
  await emulator.clearFaults(fault);
  assert.deepEqual((await emulator.state()).faults, []);
  await assert.rejects(emulator.fault({ on: "moon", action: "eclipse" }), (error: Error) => {
    assert.ok(error instanceof EmulatorError);
    assert.match(error.message, /^POST \/emulator\/faults: .*moon/);
    return true;
  });
});

test("what goes out to phones, and comes in", async () => {
  const went = await emulator.inbound({ from: "+15550001111", to: "+15552223333", body: "hello?", autocreate: true });
  assert.match(went.conversation, /^CH/);
  assert.deepEqual(await emulator.outbox(), []);
});

test("sockets are listed and dropped", async () => {
  const socket = await login(await emulator.token("alice"));
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  assert.deepEqual(await emulator.connections("bob & co"), []);
  const [{ id, ...alice }] = await emulator.connections("alice");
  assert.deepEqual(alice, { identity: "alice", subscriptions: 0 });
  assert.deepEqual(await emulator.connections(), [{ id, ...alice }]);
  assert.equal(await emulator.drop("bob"), 0);
  assert.equal(await emulator.drop("alice"), 1);
  await closed;
  assert.ok((await emulator.log()).length >= 2);
});

test("a start that fails says why, and what to do", async () => {
  await assert.rejects(startEmulator({ command: ["no-such-program"] }), /no-such-program emulator: not found; pip install/);
  await assert.rejects(startEmulator({ command, args: ["--seed", "x"] }), /ended with status 2\n[^]*invalid int value/);
  const port = Number(new URL(emulator.url).port);
  await assert.rejects(startEmulator({ command, port }), /ended with status 1\n[^]*in use/);
  await assert.rejects(startEmulator({ command, timeout: 1 }), /not ready after 1 ms/);
});

test("after stop() it is gone, and says so", async () => {
  const other = await startEmulator({ command });
  await other.stop();
  await other.stop();
  await assert.rejects(other.state(), /GET \/emulator\/state: the emulator has ended/);
});
