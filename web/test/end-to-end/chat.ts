/**
 * Two people chat: the facade in Node, the real bridge and client in a Python process, the emulator.
 * Started by `tests/unit/test_web_end_to_end.py` with EMULATOR and CORE in the environment.
 */

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { createFacade } from "../../src/facade/index.js";
import { stdioRuntime } from "./stdio-runtime.js";

type Any = any;

const emulator = process.env["EMULATOR"] ?? "";
const runtime = stdioRuntime(JSON.parse(process.env["CORE"] ?? "[]") as string[]);
const { Client, Conversation, Message, Participant, User } = createFacade(runtime);

after(() => runtime.stop());

async function token(identity: string): Promise<string> {
  const answer = await fetch(`${emulator}/token?identity=${identity}&ttl=3600`);
  return ((await answer.json()) as { token: string }).token;
}

function next(emitter: Any, event: string, check: (value: Any) => boolean = () => true): Promise<Any> {
  return new Promise((resolve) => {
    const listener = (value: Any): void => {
      if (!check(value)) return;
      emitter.off(event, listener);
      resolve(value);
    };
    emitter.on(event, listener);
  });
}

test("two clients over one core", { timeout: 90_000 }, async (context) => {
  const alice: Any = new Client(await token("alice"), { emulator });
  const states: string[] = [];
  const order: string[] = [];
  alice.on("connectionStateChanged", (state: string) => states.push(state));
  for (const name of ["stateChanged", "initialized", "userSubscribed"]) alice.on(name, () => order.push(name));
  const bob: Any = await Client.create(await token("bob"), { emulator });
  if (!order.includes("initialized")) await next(alice, "initialized");

  await context.test("start", () => {
    assert.deepEqual(states, ["connecting", "connected"]);
    assert.deepEqual(order, ["userSubscribed", "stateChanged", "initialized"]);
    assert.equal(alice.connectionState, "connected");
    assert.equal(alice.user.identity, "alice");
    assert.equal(bob.user.identity, "bob");
    assert.equal(alice.user.isSubscribed, true);
    assert.equal(typeof alice.reachabilityEnabled, "boolean");
  });

  const trip: Any = await alice.createConversation({ friendlyName: "Trip", attributes: { $: "odd", n: 1 } });
  await context.test("create and join", async () => {
    assert.equal(trip instanceof Conversation, true);
    assert.equal(trip.friendlyName, "Trip");
    assert.deepEqual(trip.attributes, { $: "odd", n: 1 });
    assert.ok(trip.dateCreated instanceof Date);
    assert.equal(trip.createdBy, "alice");
    const joined = next(alice, "conversationJoined");
    assert.equal(await trip.join(), trip);
    assert.equal(await joined, trip);
    assert.equal(trip.status, "joined");
  });

  const bobs: Any = await (async () => {
    const joined = next(bob, "conversationJoined");
    const response = await trip.add("bob");
    assert.equal(response.identity, "bob");
    // The creator's page may hear of it later than the one who was added: by an event, or when it reads who is there.
    while ((await trip.getParticipants()).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    return joined;
  })();

  await context.test("a message arrives, with its state, at both", async () => {
    assert.notEqual(bobs, trip);
    const atBob = next(bob, "messageAdded");
    const atConversation = next(bobs, "messageAdded");
    const index = await trip.sendMessage("hello", { a: [1, null] }, { subject: "s" });
    assert.equal(index, 0);
    const message = await atBob;
    assert.equal(message instanceof Message, true);
    assert.equal(message, await atConversation);
    assert.deepEqual([message.body, message.author, message.index, message.subject], ["hello", "alice", 0, "s"]);
    assert.deepEqual(message.attributes, { a: [1, null] });
    assert.equal(message.conversation, bobs);
    const page = await trip.getMessages(10);
    assert.deepEqual(page.items.map((one: Any) => one.body), ["hello"]);
    assert.equal(page.hasPrevPage, false);
    await assert.rejects(page.prevPage(), /^Error: No/);
    assert.equal(await page.items[0].updateBody("hello!"), page.items[0]);
    if (message.body !== "hello!") await next(message, "updated");
    assert.equal(message.body, "hello!");
  });

  await context.test("a prepared message", async () => {
    const atBob = next(bobs, "messageAdded");
    const attributes = { b: 2, bytes: new Uint8Array([3]) };
    const index = await trip.prepareMessage().setBody("prepared").setAttributes(attributes).buildAndSend();
    assert.equal(index, 1);
    const message = await atBob;
    assert.equal(message.body, "prepared");
    assert.deepEqual(message.attributes, { b: 2, bytes: { 0: 3 } });
  });

  await context.test("a function taken from a page turns it, also when nobody has the page any more", async () => {
    const { prevPage } = await trip.getMessages(1);
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      (globalThis as Any).gc();
    }
    const { items, hasPrevPage, nextPage } = await prevPage();
    assert.deepEqual([items.map((one: Any) => one.body), hasPrevPage], [["hello!"], false]);
    assert.deepEqual((await nextPage()).items.map((one: Any) => one.body), ["prepared"]);
  });

  await context.test("participants, typing, read horizon", async () => {
    const people: Any[] = await trip.getParticipants();
    assert.deepEqual(people.map((one) => one.identity).sort(), ["alice", "bob"]);
    assert.equal(people[0] instanceof Participant, true);
    const typing = next(alice, "typingStarted");
    await bobs.typing();
    const typist = await typing;
    assert.equal(typist, people.find((one) => one.identity === "bob"));
    assert.equal(typist.isTyping, true);
    assert.equal(await bobs.setAllMessagesRead(), 0);
    const user = await typist.getUser();
    assert.equal(user instanceof User, true);
    assert.equal(user.identity, "bob");
    assert.equal((await alice.getSubscribedUsers())[0], alice.user);
  });

  await context.test("messages that nobody holds are let go", async () => {
    const gc = (globalThis as Any).gc as () => void;
    for (let index = 0; index < 20; index++) await trip.sendMessage(`number ${index}`);
    for (let turn = 0; turn < 500 && runtime.gone.size < 20; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      gc();
    }
    // Each message had a handle at either client; the newest ones are still remembered for replay.
    assert.ok(runtime.gone.size >= 20, `${runtime.gone.size} handles`);
  });

  await context.test("errors of the service and of arguments", async () => {
    const missing: Any = await alice.getConversationBySid(`CH${"0".repeat(32)}`).then(assert.fail, (e: Any) => e);
    assert.ok(missing instanceof Error);
    assert.deepEqual([(missing as Any).status, (missing as Any).body.code], [404, 50350]);
    await assert.rejects(trip.removeParticipant(5), /an instance of Participant, but got 5/);
  });

  await context.test("a page of conversations; a removed participant", async () => {
    const page = await alice.getSubscribedConversations();
    assert.deepEqual(page.items, [trip]);
    const [person] = (await trip.getParticipants()).filter((one: Any) => one.identity === "bob");
    const left = next(bob, "conversationLeft");
    assert.equal(await trip.removeParticipant(person), undefined);
    assert.equal(await left, bobs);
    assert.equal(bobs.status, "notParticipating");
  });

  await context.test("shutdown", async () => {
    const ended = next(alice, "connectionStateChanged", (state) => state === "disconnected");
    assert.equal(await alice.shutdown(), undefined);
    await ended;
    assert.equal(alice.connectionState, "disconnected");
    await assert.rejects(trip.updateFriendlyName("x"), /Unable to connect|disconnected/);
    await alice.shutdown();
    await bob.shutdown();
  });
});
