/**
 * Connect, hear messages, shut down, again and again: the page's objects are collected, and the core lets go of them.
 * Started by `tests/unit/test_web_end_to_end.py` with EMULATOR and CORE in the environment.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { createFacade } from "../../src/facade/index.js";
import { stdioRuntime } from "./stdio-runtime.js";

type Any = any;

const ROUNDS = 5;
const MESSAGES = 100;

const emulator = process.env["EMULATOR"] ?? "";
const runtime = stdioRuntime(JSON.parse(process.env["CORE"] ?? "[]") as string[]);
const { Client } = createFacade(runtime);

after(() => runtime.stop());

async function ask(path: string, body: unknown): Promise<Any> {
  return (await fetch(`${emulator}${path}`, { method: "POST", body: JSON.stringify(body) })).json();
}

/** One client's life; returns how many messages it heard. Nothing of it is held afterwards. */
async function play(room: string): Promise<number> {
  const answer = await fetch(`${emulator}/token?identity=alice&ttl=3600`);
  const client: Any = new Client(((await answer.json()) as { token: string }).token, { emulator });
  const heard = new Set<number>();
  await new Promise((resolve) => client.on("conversationJoined", resolve));
  const all = new Promise<void>((resolve) => {
    client.on("messageAdded", (message: Any) => heard.add(message.index).size === MESSAGES && resolve());
  });
  const bodies = Array.from({ length: MESSAGES }, (_, n) => `message ${n}`);
  await ask(`/emulator/conversations/${room}/messages`, { author: "bob", bodies });
  await all;
  await client.shutdown();
  return heard.size;
}

const alive = (): number[] => [...runtime.told].filter((handle) => !runtime.gone.has(handle));

test("nothing is left of a client that was shut down", { timeout: 110_000 }, async () => {
  const gc = (globalThis as Any).gc as () => void;
  const made = await ask("/emulator/seed", {
    conversations: [{ uniqueName: "rounds", participants: ["alice", "bob"] }],
  });
  for (let round = 1; round <= ROUNDS; round++) {
    assert.equal(await play(made.conversations.rounds), MESSAGES);
    // Each message, the conversation, the people in it, the user and the client had a handle.
    assert.ok(runtime.told.size >= MESSAGES * round);
    for (let turn = 0; turn < 500 && alive().length > 0; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      gc();
    }
    assert.deepEqual(alive(), [], `round ${round}`);
  }
});
