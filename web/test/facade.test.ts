/** The objects of the page over a core that the test plays: mirror, order, identity, calls. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CLIENT, connected, conversation, event, FakeCore, message, ref, settle, USER } from "./fake-core.js";

type Any = any;

test("new Client returns at once; what it knows is the start", async () => {
  const core = new FakeCore(false);
  const client: Any = new core.facade.Client("secret", { region: "au1", nothing: undefined });
  assert.equal(client.connectionState, "unknown");
  assert.equal(client.user.identity, "");
  assert.equal(client.user.isOnline, null);
  assert.equal(client.user, client.user);
  assert.ok(client.user instanceof core.facade.User);
  assert.equal(client.version, "3.0.1");
  assert.equal(core.facade.Client.version, "3.0.1");
  assert.equal(client.token, "secret");
  assert.throws(() => client.reachabilityEnabled, /^Error: Whether reachability is enabled is not known/);
  await settle();
  assert.equal(core.starts, 1);
  assert.deepEqual(core.sent, []);
  core.finishBoot();
  await settle();
  assert.deepEqual(core.sent, [{ op: "new", handle: CLIENT, user: USER, args: ["secret", { region: "au1", logLevel: "silent" }] }]);
});

test("event names are constants where the official SDK has them", () => {
  const { facade } = new FakeCore();
  assert.equal((facade.Client as Any).messageAdded, "messageAdded");
  assert.equal((facade.Conversation as Any).typingStarted, "typingStarted");
  assert.equal((facade.User as Any).updated, undefined);
  assert.equal((new facade.Client("t") as Any).user.userSubscribed, "userSubscribed");
});

test("wrong arguments: the constructor throws, methods reject", async () => {
  const { core, client } = await connected();
  assert.throws(() => new core.facade.Client(""), /Argument 1 is expected to be a non-empty string, but got ""/);
  for (const name of ["transport", "twilsockClient", "syncClient", "notificationsClient"]) {
    assert.throws(() => new core.facade.Client("t", { [name]: {} }), new RegExp(`${name} is not supported`));
    assert.ok(new core.facade.Client("t", { [name]: null }));
    assert.ok(new core.facade.Client("t", { [name]: undefined }));
  }
  await assert.rejects((client as Any).getUser(""), /^Error: Argument 1 is expected to be a non-empty string/);
  await assert.rejects((client as Any).updateToken(), /but got undefined/);
  await assert.rejects(core.facade.Client.create(5 as Any), /Argument 1 is expected to be of type string, but got 5/);
  await assert.rejects(core.facade.Client.create(""), /Argument 1 is expected to be a non-empty string/);
  assert.throws(() => new (core.facade.Conversation as Any)(), /made by the client/);
});

test("the mirror is up to date when the event arrives", async () => {
  const { core, client } = await connected();
  const seen: unknown[] = [];
  client.on("conversationAdded", (added: Any) => {
    seen.push(added.friendlyName);
    added.on("updated", ({ updateReasons }: Any) => seen.push([added.friendlyName, updateReasons]));
  });
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)));
  core.tell(
    { op: "patch", target: 1, state: { friendlyName: "Travel", dateUpdated: { $: "date", v: 5 } } },
    event(1, "updated", { conversation: ref(1), updateReasons: ["friendlyName"] }),
  );
  await settle();
  assert.deepEqual(seen, ["Trip", ["Travel", ["friendlyName"]]]);
});

test("values: dates, undefined, one attributes object between updates, nothing shared with the wire", async () => {
  const { core, client } = await connected();
  let found: Any;
  client.once("conversationAdded", (added: Any) => (found = added));
  core.tell(conversation(1, { dateCreated: { $: "date", v: 1000 }, uniqueName: null }), event(CLIENT, "conversationAdded", ref(1)));
  assert.ok(found.dateCreated instanceof Date);
  assert.equal(found.dateCreated.getTime(), 1000);
  assert.equal(found.lastMessage, undefined);
  assert.equal(found.uniqueName, null);
  assert.equal(found.attributes, found.attributes);
  const before = found.attributes;
  core.tell({ op: "patch", target: 1, state: { attributes: { $: "obj", v: { $: 1, d: { $: "date", v: null } } } } });
  assert.notEqual(found.attributes, before);
  assert.equal(found.attributes.$, 1);
  assert.equal(JSON.stringify(found).includes("Trip"), true);
});

test("one object per entity, in events and answers", async () => {
  const { core, client } = await connected();
  const heard: Any[] = [];
  client.on("messageAdded", (added: Any) => heard.push(added));
  core.tell(conversation(1), message(2, 1), event(CLIENT, "messageAdded", ref(2)));
  const promise = (client as Any).getConversationBySid("CH1");
  await settle();
  core.tell({ op: "answer", id: core.last("call")["id"], value: ref(1) });
  const same: Any = await promise;
  assert.equal(heard[0].conversation, same);
  assert.equal(same instanceof core.facade.Conversation, true);
  const page = same.getMessages(10);
  await settle();
  assert.deepEqual(core.last("call")["args"], [10]);
  core.tell(
    { op: "add", client: CLIENT, target: 9, class: "Paginator", state: { items: [ref(2)], hasNextPage: false, hasPrevPage: true } },
    { op: "answer", id: core.last("call")["id"], value: ref(9) },
  );
  assert.equal((await page).items[0], heard[0]);
  assert.equal((await page).hasPrevPage, true);
  (await page).prevPage().catch(() => undefined);
  await settle();
  assert.equal(core.last("call")["method"], "prevPage");
});

test("arguments: undefined, our objects, the user's own dollar keys", async () => {
  const { core, client } = await connected();
  let found: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)));
  core.tell({ op: "add", client: CLIENT, target: 3, class: "Participant", state: { sid: "MB1" } });
  core.tell({ op: "event", target: 1, name: "participantJoined", args: [ref(3)] });
  let joined: Any;
  found.onWithReplay("participantJoined", (one: Any) => (joined = one));
  const calls = [
    found.getMessages(undefined, 5),
    found.removeParticipant(joined),
    found.updateAttributes({ $: "ref", v: 1, when: new Date(0), gone: undefined }),
    found.sendMessage("x", { a: [1] }),
  ];
  await settle();
  const args = core.sent.filter((one) => one.op === "call").map((one) => one["args"]);
  assert.deepEqual(args, [
    [{ $: "undef" }, 5],
    [ref(3)],
    [{ $: "obj", v: { $: "ref", v: 1, when: "1970-01-01T00:00:00.000Z" } }],
    ["x", { a: [1] }],
  ]);
  for (const call of calls) call.catch(() => undefined);
});

test("errors arrive as Error objects with name and fields; some as plain objects", async () => {
  const { core, client } = await connected();
  const answer = async (error: object) => {
    const promise = (client as Any).getUser("bob");
    await settle();
    core.tell({ op: "answer", id: core.last("call")["id"], error });
    return promise.then(assert.fail, (reason: Any) => reason);
  };
  const sync = await answer({ name: "SyncError", message: "no", fields: { status: 404, code: 54201 } });
  assert.equal(sync instanceof Error, true);
  assert.deepEqual([sync.name, sync.message, sync.status, sync.code], ["SyncError", "no", 404, 54201]);
  const refused = await answer({ name: "Error", message: "Forbidden", fields: { status: 403, body: { code: 50430 } } });
  assert.deepEqual([refused.name, refused.body.code], ["Error", 50430]);
  assert.deepEqual(await answer({ name: "Error", message: "x", plain: true, fields: { terminal: true } }), { terminal: true });
  assert.ok((await answer({ name: "TypeError", message: "x" })) instanceof TypeError);
});

test("code behind an await runs before what came after the answer, in the same text too", async () => {
  const { core, client } = await connected();
  const order: string[] = [];
  client.on("tokenExpired", () => order.push("event"));
  client.on("conversationAdded", (added: Any) => order.push(added.friendlyName));
  const done = (client as Any).updateToken("new").then(async () => {
    await null;
    order.push("answer");
  });
  await settle();
  core.tell(
    conversation(1),
    { op: "answer", id: core.last("call")["id"], value: ref(CLIENT) },
    event(CLIENT, "tokenExpired"),
    event(CLIENT, "conversationAdded", ref(1)),
    { op: "patch", target: 1, state: { friendlyName: "Later" } },
  );
  await done;
  await settle();
  assert.deepEqual(order, ["answer", "event", "Trip"]);
  assert.equal((client as Any).token, "new");
});

test("code woken by an event can listen in time for the next one; one change at two levels stays together", async () => {
  const { core, client } = await connected();
  const order: string[] = [];
  client.on("messageAdded", () => void Promise.resolve().then(() => order.push("behind client")));
  new Promise((resolve) => client.once("initialized", () => resolve(0))).then(() => {
    client.on("conversationAdded", (added: Any) => {
      added.on("messageAdded", () => order.push("conversation"));
      order.push("in time");
    });
  });
  core.tell(
    event(CLIENT, "initialized"),
    conversation(1),
    event(CLIENT, "conversationAdded", ref(1)),
    message(2, 1),
    { ...event(CLIENT, "messageAdded", ref(2)), also: [[1, "messageAdded"]] },
  );
  await settle();
  assert.deepEqual(order, ["in time", "conversation", "behind client"]);
});

test("a listener that throws, or a report that makes no sense, breaks nothing", async (context) => {
  const { core, client } = await connected();
  const heard: string[] = [];
  const reports: (() => void)[] = [];
  context.mock.method(globalThis, "setTimeout", (report: () => void) => reports.push(report));
  client.on("tokenExpired", () => {
    throw new Error("the application's");
  });
  client.on("tokenExpired", () => heard.push("second"));
  core.tell(event(CLIENT, "nonsense", ref(77)), event(CLIENT, "tokenExpired"));
  core.tell(event(CLIENT, "tokenExpired"));
  assert.deepEqual(heard, ["second", "second"]);
  assert.throws(() => reports[0]?.(), /unknown object/);
  assert.throws(() => reports[1]?.(), /the application's/);
});

test("an answer that makes no sense is one all the same", async () => {
  const { core, client } = await connected();
  const asked = (client as Any).getUser("bob") as Promise<unknown>;
  await settle();
  core.tell({ op: "answer", id: core.last("call")["id"], value: ref(77) });
  await assert.rejects(asked, /unknown object/);
});

test("events from before the announcement are replayed, not delivered", async () => {
  const { core, client } = await connected();
  let found: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  core.tell(
    conversation(1),
    message(2, 1),
    { op: "past", target: 1, events: { messageAdded: [ref(2)] } },
    event(CLIENT, "conversationAdded", ref(1)),
  );
  await settle();
  const heard: string[] = [];
  found.on("messageAdded", () => heard.push("delivered"));
  found.onWithReplay("messageAdded", (one: Any) => heard.push(one.sid));
  assert.deepEqual(heard, ["IM2"]);
});

test("calls of one turn travel in one text, several clients over one core", async () => {
  const { core, client } = await connected();
  const other: Any = new core.facade.Client("other");
  const count = core.texts.length;
  for (const each of [client as Any, other]) each.getUser("x").catch(() => undefined);
  await settle();
  assert.equal(core.texts.length, count + 1);
  assert.deepEqual(core.sent.slice(-3).map((one) => one.op), ["new", "call", "call"]);
  assert.equal(core.starts, 1);
});

test("prepareMessage is synchronous, chainable, checked, and sent in one call", async () => {
  const { core, client } = await connected();
  let found: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)));
  const builder = found.prepareMessage();
  assert.ok(builder instanceof core.facade.MessageBuilder);
  assert.throws(() => builder.setBody(5 as Any), /Argument 1 is expected to be of type string, but got 5/);
  const unsent = builder.setBody("hi").setSubject("s").setAttributes({ a: 1 }).build();
  assert.ok(unsent instanceof core.facade.UnsentMessage);
  const sent = unsent.send();
  assert.ok(sent instanceof core.facade.CancellablePromise);
  await settle();
  assert.equal(core.last("call")["method"], "$send");
  assert.deepEqual(core.last("call")["args"], [{ body: "hi", subject: "s", attributes: { a: 1 } }]);
  core.tell({ op: "answer", id: core.last("call")["id"], value: 12 });
  assert.equal(await sent, 12);
  const cancelled = found.prepareMessage().buildAndSend();
  await settle();
  assert.equal(cancelled.cancel(), cancelled);
  await assert.rejects(cancelled, /^Error: Promise was cancelled$/);
  await settle();
  assert.deepEqual(core.last("cancel"), { op: "cancel", id: core.last("call")["id"] });
});

test("send never throws: what an application has done to the fields is rejected, or does not matter", async () => {
  const { core, client } = await connected();
  let found: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)));
  for (const emailOptions of [undefined, null]) {
    const sent = Object.assign(found.prepareMessage().setBody("hi").setSubject("s").build(), { emailOptions }).send();
    await settle();
    assert.deepEqual(core.last("call")["args"], [{ body: "hi", attributes: {} }]);
    core.tell({ op: "answer", id: core.last("call")["id"], value: 3 });
    assert.equal(await sent, 3);
  }
  const calls = core.sent.length;
  for (const mediaContent of [undefined, [["media", undefined]], 5]) {
    const sent = Object.assign(found.prepareMessage().build(), { mediaContent }).send();
    assert.ok(sent instanceof core.facade.CancellablePromise);
    await assert.rejects(sent, TypeError);
  }
  await settle();
  assert.equal(core.sent.length, calls);
});

test("objects work behind a Proxy, as frameworks wrap them", async () => {
  const { core, client } = await connected();
  const wrap = (object: Any): Any =>
    new Proxy(object, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        return typeof value === "object" && value !== null ? wrap(value) : value;
      },
    });
  const wrapped = wrap(client);
  let found: Any;
  wrapped.on("conversationAdded", (added: Any) => (found = wrap(added)));
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)));
  assert.equal(wrapped.listenerCount("conversationAdded"), 1);
  assert.equal(found.friendlyName, "Trip");
  assert.equal(found instanceof core.facade.Conversation, true);
  assert.equal(wrapped.user.identity, "alice");
  core.tell({ op: "add", client: CLIENT, target: 3, class: "Participant", state: { sid: "MB1" } });
  core.tell(event(1, "participantJoined", ref(3)));
  found.onceWithReplay("participantJoined", (one: Any) => found.removeParticipant(wrap(one)).catch(() => undefined));
  found.prepareMessage().setBody("x").buildAndSend().catch(() => undefined);
  wrapped.updateToken("other").catch(() => undefined);
  await settle();
  assert.deepEqual(core.sent.slice(-3).map((one) => one["method"]), ["removeParticipant", "$send", "updateToken"]);
  assert.deepEqual(core.sent.at(-3)?.["args"], [ref(3)]);
});

test("listeners taken off an object keep nobody else from hearing, the client least of all", async () => {
  const { core, client } = await connected();
  const heard: string[] = [];
  let found: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  client.on("messageAdded", () => heard.push("client"));
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)), message(2, 1));
  await settle();
  assert.deepEqual(found.eventNames(), []);
  found.on("messageAdded", () => heard.push("conversation"));
  assert.equal(found.listenerCount("messageAdded"), 1);
  const added = { ...event(CLIENT, "messageAdded", ref(2)), also: [[1, "messageAdded"]] };
  core.tell(added);
  await settle();
  found.removeAllListeners();
  core.tell(added);
  await settle();
  assert.deepEqual(heard, ["client", "conversation", "client"]);
});
