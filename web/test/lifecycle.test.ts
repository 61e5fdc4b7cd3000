/** How clients begin and end: start, failures of boot and core, release of objects, installation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { installFacade } from "../src/facade/index.js";
import { CLIENT, connected, conversation, event, FakeCore, message, ref, settle } from "./fake-core.js";

type Any = any;

test("create waits for the start; a failed start resolves unless throwErrorsAlways", async () => {
  const outcome = async (options: Record<string, unknown>, ...events: object[]) => {
    const core = new FakeCore();
    const created = core.facade.Client.create("t", options);
    created.catch(() => undefined);
    await settle();
    core.tell(...events);
    return created;
  };
  assert.equal(((await outcome({}, event(CLIENT, "initialized"))) as Any).version, "3.0.1");
  const error = { terminal: true, message: "no" };
  const failed = [event(CLIENT, "stateChanged", "failed"), event(CLIENT, "initFailed", { error })];
  assert.equal(((await outcome({}, ...failed)) as Any).version, "3.0.1");
  await assert.rejects(outcome({ throwErrorsAlways: true }, ...failed), (reason) => {
    assert.deepEqual(reason, error);
    return true;
  });
});

test("create needs no this, and gives a plain client of a subclass, too", async () => {
  const core = new FakeCore();
  const { facade } = core;
  class Mine extends facade.Client {
    constructor(settings: { token: string }) {
      super(settings.token);
    }
  }
  const { create } = facade.Client;
  const ways = [create, (token: string) => create.call({} as Any, token), (token: string) => Mine.create(token)];
  for (const make of ways) {
    const created = make("t");
    await settle();
    core.tell(event(core.last("new")["handle"] as number, "initialized"));
    assert.equal(Object.getPrototypeOf(await created), facade.Client.prototype);
  }
  assert.ok(new Mine({ token: "t" }) instanceof facade.Client);
});

test("a boot that fails: events, create and all calls tell its error", async () => {
  const core = new FakeCore(false);
  const client: Any = new core.facade.Client("t");
  const heard: unknown[] = [];
  client.on("stateChanged", (state: string) => heard.push(state));
  client.on("initFailed", ({ error }: Any) => heard.push(error));
  const created = core.facade.Client.create("t");
  const pending = client.getSubscribedConversations();
  const problem = Object.assign(new Error("blocked by policy"), { reason: "policy" });
  core.failBoot(problem);
  await assert.rejects(pending, problem);
  await assert.rejects(created, problem);
  assert.deepEqual(heard, ["failed", problem]);
  assert.equal((problem as Any).terminal, true);
  await assert.rejects(client.getUser("bob"), problem);
  // The next client tries again.
  const late: Any = new core.facade.Client("t");
  late.on("initFailed", ({ error }: Any) => heard.push(error));
  await settle();
  assert.equal(core.starts, 2);
  assert.equal(heard.length, 3);
  core.reboot();
  core.finishBoot();
  const again: Any = new core.facade.Client("t");
  await settle();
  assert.equal(core.sent.length, 1);
  await assert.rejects(late.getUser("bob"), problem);
  again.getUser("bob").catch(() => undefined);
  await settle();
  assert.equal(core.last("call")["method"], "getUser");
});

test("a port that is lost later: pending calls reject, the client says so", async () => {
  const { core, client } = await connected();
  const heard: unknown[] = [];
  client.on("connectionStateChanged", (state: string) => heard.push(state));
  client.on("connectionError", (error: Any) => heard.push(error.message));
  const pending = (client as Any).getUser("bob");
  await settle();
  core.lose(new Error("the worker crashed"));
  await assert.rejects(pending, /the worker crashed/);
  assert.deepEqual(heard, ["disconnected", "the worker crashed"]);
  assert.equal((client as Any).connectionState, "disconnected");
  await assert.rejects(core.facade.Client.create("t"), /the worker crashed/);
});

test("a client that the core refuses to make fails alone", async () => {
  const { core, client } = await connected();
  const other: Any = new core.facade.Client("bad");
  await settle();
  const pending = other.getUser("x");
  core.tell({ op: "failed", target: core.last("new")["handle"], error: { name: "Error", message: "refused", fields: {} } });
  await assert.rejects(pending, /refused/);
  await assert.rejects(other.getUser("x"), /refused/);
  (client as Any).getUser("bob").catch(() => undefined);
  await settle();
  assert.equal(core.last("call")["client"], CLIENT);
});

test("collected objects are released; with listeners, or for a client not shut down, they stay", async () => {
  const gc = (globalThis as Any).gc as () => void;
  assert.ok(gc, "node runs with --expose-gc");
  const { core, client } = await connected();
  const kept: Any[] = [];
  client.on("messageAdded", () => undefined);
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)));
  core.tell(message(2, 1), event(CLIENT, "messageAdded", ref(2)));
  core.tell(message(3, 1), event(CLIENT, "messageAdded", ref(3)));
  client.onWithReplay("messageAdded", (last: Any) => last.on("updated", () => kept.push(1)));
  core.tell(message(4, 1), event(CLIENT, "messageAdded", ref(4)));
  const released = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await settle();
      gc();
    }
    await settle();
    return core.sent.filter((one) => one.op === "release").flatMap((one) => one["handles"] as [number, number][]);
  };
  assert.deepEqual(await released(), [[2, 1]]);
  // A mention on its way: the object comes back with its state, and is released again with the new count.
  core.tell(event(CLIENT, "messageRemoved", ref(2)));
  client.onceWithReplay("messageRemoved", (one: Any) => assert.equal(one.body, "hi"));
  core.tell(event(CLIENT, "messageRemoved", ref(3)));
  assert.deepEqual((await released()).at(-1), [2, 2]);
  core.tell({ op: "patch", target: 3, state: { body: "new" } }, event(3, "updated", { message: ref(3), updateReasons: ["body"] }));
  assert.equal(kept.length, 1);
  core.tell({ op: "gone", handles: [2] });
});

test("installFacade extends what is there and works without a window", () => {
  const { runtime } = new FakeCore();
  const scope: Any = { Twilio: { Video: 1 } };
  const facade = installFacade(runtime, scope);
  assert.equal(scope.Twilio.Video, 1);
  assert.equal(scope.Twilio.Conversations, facade);
  assert.equal(scope.Twilio.Conversations.runtime, runtime);
  const empty: Any = {};
  installFacade(runtime, empty);
  assert.ok(empty.Twilio.Conversations.Client);
});
