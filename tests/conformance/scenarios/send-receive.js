/** Two clients talk: what each hears, and what the messages hold. */
export default async ({ ready, call, until, trace, quiet, emulator, sdk }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"] }],
  });
  const alice = await ready("alice", 1);
  const bob = await ready("bob", 1);
  const hers = await alice.getConversationBySid(conversations.room);
  await call("send text", hers.sendMessage("hello bob"));
  const first = await until("bob", "messageAdded");
  await quiet();
  await call("send attributes", hers.sendMessage("with attributes", { n: 1, deep: { list: [1, "zwei", null] } }));
  await until("bob", "messageAdded", () => true, 2);
  await quiet();
  await call("send null attributes", hers.sendMessage("null attributes", null));
  await call("send null", hers.sendMessage(null));
  await call("send empty", hers.sendMessage(""));
  await call("send unicode", hers.sendMessage("Grüße 👋🏽 \u0000 \u2028 漢字 ‏שלום"));
  await call("send with a subject", hers.sendMessage("body", {}, { subject: "the subject" }));
  await until("bob", "messageAdded", () => true, 7);
  await quiet();
  await call("build", hers.prepareMessage().setBody("built").setSubject("s").setAttributes({ b: true }).buildAndSend());
  await until("bob", "messageAdded", () => true, 8);
  await quiet();
  const his = await bob.getConversationByUniqueName("room");
  const page = await call("read", his.getMessages());
  trace("one object an entity", page.items[0] === first && first.conversation === his);
  trace("classes", [first instanceof sdk.Message, his instanceof sdk.Conversation]);
  await call("author", first.getParticipant());
};
