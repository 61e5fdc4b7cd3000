/** Pages of messages and conversations: plain objects, which can be taken apart, copied and changed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CLIENT, connected, conversation, event, type FakeCore, message, ref, settle } from "./fake-core.js";

type Any = any;

/** A page of what has these handles, made by a call of `owner`. */
async function pageOf(core: FakeCore, owner: Any, method: string, handle: number, items: number[]): Promise<Any> {
  const asked = owner[method]();
  await settle();
  core.tell(
    { op: "add", client: CLIENT, target: handle, class: "Paginator", state: [items.map(ref), false, true] },
    { op: "answer", id: core.last("call")["id"], value: ref(handle) },
  );
  return asked;
}

async function room(): Promise<{ core: FakeCore; client: Any; found: Any }> {
  const { core, client } = await connected();
  let found: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  core.tell(conversation(1), message(2, 1), message(3, 1), event(CLIENT, "conversationAdded", ref(1)));
  return { core, client, found };
}

test("a page is a plain object with members of its own, in the official order", async () => {
  const { core, client, found } = await room();
  const messages = await pageOf(core, found, "getMessages", 9, [2, 3]);
  assert.deepEqual(Object.keys(messages), ["items", "hasPrevPage", "hasNextPage", "prevPage", "nextPage"]);
  assert.equal(Object.getPrototypeOf(messages), Object.prototype);
  assert.deepEqual([messages.hasPrevPage, messages.hasNextPage], [true, false]);
  for (const name of Object.keys(messages)) {
    const { value: _, ...rest } = Object.getOwnPropertyDescriptor(messages, name) as PropertyDescriptor;
    assert.deepEqual(rest, { writable: true, enumerable: true, configurable: true });
  }
  const conversations = await pageOf(core, client, "getSubscribedConversations", 10, [1]);
  assert.deepEqual(Object.keys(conversations), ["items", "hasNextPage", "hasPrevPage", "nextPage", "prevPage"]);
  assert.equal(conversations.items[0], found);
  const json = JSON.parse(JSON.stringify(messages));
  assert.deepEqual(Object.keys(json), ["items", "hasPrevPage", "hasNextPage"]);
  assert.equal(json.items[1].sid, "IM3");
});

test("what is taken from a page, or copied, works; its members can be replaced", async () => {
  const { core, found } = await room();
  const page = await pageOf(core, found, "getMessages", 9, [2, 3]);
  const { prevPage, nextPage } = page;
  const ways = [prevPage, nextPage, { ...page }.prevPage, Object.assign({}, page).nextPage, () => page.prevPage("odd")];
  const methods = ["prevPage", "nextPage", "prevPage", "nextPage", "prevPage"];
  for (const [index, turn] of ways.entries()) {
    turn().catch(() => undefined);
    await settle();
    const { target, method, args } = core.last("call");
    assert.deepEqual([target, method, args], [9, methods[index], []]);
  }
  page.items = [...page.items].reverse();
  assert.deepEqual(page.items.map((one: Any) => one.sid), ["IM3", "IM2"]);
  const failed = prevPage();
  await settle();
  core.tell({ op: "answer", id: core.last("call")["id"], error: { name: "Error", message: "no page" } });
  await assert.rejects(failed, /^Error: no page$/);
});

test("a page is let go when nobody has it nor a function of it, and not before", async () => {
  const gc = (globalThis as Any).gc as () => void;
  const { core, found } = await room();
  const released = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await settle();
      gc();
    }
    await settle();
    const sent = core.sent.filter((one) => one.op === "release");
    const handles = sent.flatMap((one) => one["handles"] as number[][]).map(([handle]) => handle);
    return handles.filter((handle) => handle === 9);
  };
  const functions = [((await pageOf(core, found, "getMessages", 9, [2])) as Any).prevPage];
  assert.deepEqual(await released(), []);
  functions[0]().catch(() => undefined);
  await settle();
  assert.equal(core.last("call")["target"], 9);
  core.tell({ op: "answer", id: core.last("call")["id"], error: { name: "Error", message: "no page" } });
  functions.pop();
  assert.deepEqual(await released(), [9]);
});

test("a page that was collected between its announcement and its mention is whole again", async () => {
  const gc = (globalThis as Any).gc as () => void;
  const { core, found } = await room();
  const asked = found.getMessages();
  await settle();
  core.tell({ op: "add", client: CLIENT, target: 9, class: "Paginator", state: [[ref(2)], false, true] });
  for (let turn = 0; turn < 5; turn++) {
    await settle();
    gc();
  }
  core.tell({ op: "answer", id: core.last("call")["id"], value: ref(9) });
  const page: Any = await asked;
  assert.deepEqual([page.items[0].sid, page.hasPrevPage, typeof page.prevPage], ["IM2", true, "function"]);
});
