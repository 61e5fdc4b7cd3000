/** A recorded session is played to a new client: it hears what the first one heard, without the service behind it. */
export default async ({ ready, client, until, call, trace, quiet, emulator }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{ uniqueName: "room", createdBy: "bob", participants: ["alice", "bob"], messages: ["old"] }],
  });
  const first = await ready("alice", 1, { as: "live" });
  const room = await first.getConversationByUniqueName("room");
  await emulator.say(conversations.room, "bob", ["one"]);
  await until("live", "messageAdded");
  await call("send", room.sendMessage("mine"));
  await until("live", "messageAdded", () => true, 2);
  await emulator.drop("alice");
  await until("live", "connectionStateChanged", (state) => state === "connecting", 2);
  await emulator.say(conversations.room, "bob", ["meanwhile"]);
  await until("live", "messageAdded", () => true, 3);
  await quiet();
  const recording = await emulator.recording();
  await first.shutdown();
  await quiet();
  await emulator.replay(recording, { pause: 0.05 });
  await client("alice", { as: "again" });
  await until("again", "conversationJoined");
  await until("again", "messageAdded");
  const again = await until("again", "conversationJoined");
  await call("send again", again.sendMessage("mine"));
  const last = await until("again", "messageAdded", () => true, 3);
  trace("last", last.body);
  const { sessions } = await emulator.replayState();
  trace("played", sessions.map((one) => [one.identity, one.state, one.differences.length]));
  await emulator.request("DELETE", "/emulator/replay");
};
