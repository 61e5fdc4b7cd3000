/** Attributes that are no JSON by themselves: what `JSON.stringify` makes of them is kept, what it refuses is refused. */
export default async ({ ready, call, trace, quiet, outcome, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice"], messages: [{ author: "alice", body: "one" }],
    }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  const message = (await room.getMessages()).items[0];
  const self = await room.getParticipantByIdentity("alice");
  await quiet();
  const form = new FormData();
  form.append("a", "b");
  const given = {
    bytes: { b: new Uint8Array([1, 2]) },
    "a blob": { f: new Blob(["x"]), n: 1 },
    "bytes alone": new Uint8Array([3]),
    "other binary values": [new ArrayBuffer(2), new Float64Array([0.5]), form],
    collections: { m: new Map([[1, 2]]), s: new Set([1]), no: undefined, f: () => 1 },
    numbers: [NaN, Infinity, -0, undefined],
    "with toJSON": { one: { toJSON: () => ({ two: 2 }) }, date: new Date(0) },
    boxed: [new String("s"), new Number(1), new Boolean(false)],
  };
  for (const [label, value] of Object.entries(given)) {
    await call(`conversation: ${label}`, async () => void (await room.updateAttributes(value)));
    await quiet();
    trace("it has", room.attributes);
  }
  const bytes = { b: new Uint8Array([1, 2]), f: new Blob(["x"]) };
  await call("message", async () => void (await message.updateAttributes(bytes)));
  await call("participant", async () => void (await self.updateAttributes(bytes)));
  await call("user", async () => void (await alice.user.updateAttributes(bytes)));
  await quiet();
  trace("they have", [message.attributes, self.attributes, alice.user.attributes]);
  await call("sent", room.sendMessage("two", bytes));
  await call("sent with bytes alone", room.sendMessage("three", new Uint8Array([7])));
  await call("sent with a medium", room.sendMessage({ contentType: "text/plain", media: "text" }, bytes));
  await call("built", room.prepareMessage().setBody("five").setAttributes(bytes).buildAndSend());
  await quiet();
  trace("messages", (await room.getMessages()).items.map(({ attributes }) => attributes));
  const made = await call("made", alice.createConversation({ uniqueName: "made", attributes: bytes }));
  await quiet();
  trace("it has", made.attributes);
  await call("added", async () => void (await room.add("bob", bytes)));
  await quiet();
  trace("he has", (await room.getParticipantByIdentity("bob")).attributes);

  // Engines word these errors differently.
  const loop = {};
  loop.loop = loop;
  const rude = { toJSON: () => { throw new RangeError("the author's own"); } };
  const refused = async (label, attempt) => {
    const error = await attempt().then(() => null, (reason) => reason);
    trace(label, [error?.name, error instanceof RangeError && error.message]);
  };
  for (const [label, value] of Object.entries({ "a loop": loop, "a big number": { n: 1n }, "its own error": rude })) {
    await refused(`conversation: ${label}`, () => room.updateAttributes(value));
    await refused(`sent: ${label}`, () => room.sendMessage("never", value));
    await refused(`user: ${label}`, () => alice.user.updateAttributes(value));
    await refused(`made: ${label}`, () => alice.createConversation({ attributes: value }));
    await refused(`added: ${label}`, () => room.add("carol", value));
  }
  await call("a big number alone", room.updateAttributes(1n).then(() => 0));
  const built = room.prepareMessage().setAttributes(loop).buildAndSend();
  trace("built: a loop", (await outcome(built, 2000)).split(":")[0]);
  await quiet();
};
