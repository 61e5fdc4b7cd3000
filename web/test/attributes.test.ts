/** Attributes, wherever they are given: what `JSON.stringify` makes of them, also of binary values and our objects. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CLIENT, connected, conversation, event, type FakeCore, message, ref, settle } from "./fake-core.js";

type Any = any;

async function room(): Promise<{ core: FakeCore; client: Any; found: Any; said: Any; one: Any }> {
  const { core, client } = await connected();
  let found: Any;
  let said: Any;
  let one: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  client.on("messageAdded", (added: Any) => (said = added));
  client.on("participantJoined", (joined: Any) => (one = joined));
  core.tell(
    conversation(1),
    message(2, 1),
    { op: "add", client: CLIENT, target: 3, class: "Participant", state: { sid: "MB1" } },
    event(CLIENT, "conversationAdded", ref(1)),
    event(CLIENT, "messageAdded", ref(2)),
    event(CLIENT, "participantJoined", ref(3)),
  );
  await settle();
  return { core, client, found, said, one };
}

/** The call, and where the attributes are in what crosses. */
type Way = [call: (on: Any, attributes: unknown) => Promise<unknown>, crossed: (args: Any) => unknown];

/** Every way to give attributes. */
const ways: Record<string, Way> = {
  "conversation.updateAttributes": [({ found }, given) => found.updateAttributes(given), (args) => args[0]],
  "message.updateAttributes": [({ said }, given) => said.updateAttributes(given), (args) => args[0]],
  "participant.updateAttributes": [({ one }, given) => one.updateAttributes(given), (args) => args[0]],
  "user.updateAttributes": [({ client }, given) => client.user.updateAttributes(given), (args) => args[0]],
  add: [({ found }, given) => found.add("bob", given), (args) => args[1]],
  addNonChatParticipant: [({ found }, given) => found.addNonChatParticipant("+1", "+2", given), (args) => args[2]],
  sendMessage: [({ found }, given) => found.sendMessage("x", given), (args) => args[1]],
  "sendMessage with a medium": [
    ({ found }, given) => found.sendMessage({ contentType: "a/b", media: new Uint8Array([1]) }, given),
    (args) => args[2],
  ],
  "setAttributes of a builder": [
    ({ found }, given) => found.prepareMessage().setAttributes(given).buildAndSend(),
    (args) => args[0].attributes,
  ],
  "attributes of an unsent message": [
    ({ found }, given) => Object.assign(found.prepareMessage().build(), { attributes: given }).send(),
    (args) => args[0].attributes,
  ],
  createConversation: [
    ({ client }, attributes) => client.createConversation({ attributes }),
    (args) => args[0].attributes,
  ],
};

for (const [name, [give, crossed]] of Object.entries(ways)) {
  test(`${name} takes what JSON.stringify takes`, async () => {
    const on = await room();
    class Own {
      a = 1;
      toJSON(): object {
        return { own: this.a };
      }
    }
    const given: unknown[] = [
      { b: new Uint8Array([1, 2]) },
      { f: new Blob(["x"]), n: 1 },
      new Uint8Array([3]),
      [new ArrayBuffer(2), new DataView(new ArrayBuffer(2))],
      { map: new Map([[1, 2]]), no: undefined, f: () => 1, not: NaN, date: new Date(0), form: new FormData() },
      new Own(),
      [undefined, new Own(), Infinity],
    ];
    for (const attributes of given) {
      give(on, attributes).catch(() => undefined);
      await settle();
      assert.deepEqual(crossed(on.core.last("call")["args"]), JSON.parse(JSON.stringify(attributes)));
    }
    // Our own objects are no references here.
    for (const attributes of [on.found, [on.one], { said: on.said }]) {
      give(on, attributes).catch(() => undefined);
      await settle();
      assert.deepEqual(crossed(on.core.last("call")["args"]), JSON.parse(JSON.stringify(attributes)));
    }
  });

  test(`${name} rejects what JSON.stringify throws, and sends nothing`, async () => {
    const on = await room();
    const loop: Any = {};
    loop.loop = loop;
    const before = on.core.sent.length;
    const rude = { toJSON: () => assert.fail("the author's own") };
    for (const attributes of [loop, { n: 1n }]) await assert.rejects(give(on, attributes), TypeError);
    await assert.rejects(give(on, rude), /the author's own/);
    await settle();
    assert.equal(on.core.sent.length, before);
  });
}

test("bytes cross in media alone", async () => {
  const { core, found } = await room();
  found.getMessageRecipients(new Uint8Array([1])).catch(() => undefined);
  await settle();
  assert.deepEqual(core.last("call")["args"], [{ 0: 1 }]);
  found.sendMessage({ contentType: "a/b", media: new Uint8Array([1]) }, new Uint8Array([2])).catch(() => undefined);
  await settle();
  assert.deepEqual(core.last("call")["args"], [{ contentType: "a/b" }, { $: "bytes", v: "AQ==" }, { 0: 2 }]);
});
