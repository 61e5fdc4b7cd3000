/** The socket breaks; messages, an edit and a newcomer come meanwhile; all is told after the reconnect. */
export default async ({ ready, call, until, quiet, emulator }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }, { identity: "carol" }],
    conversations: [{
      uniqueName: "room", createdBy: "bob", participants: ["alice", "bob"], messages: [{ author: "bob", body: "old" }],
    }],
  });
  const alice = await ready("alice", 1);
  const bob = await ready("bob", 1);
  await (await alice.getConversationByUniqueName("room")).getMessages();
  const his = await bob.getConversationByUniqueName("room");
  const old = (await his.getMessages()).items[0];
  await quiet();
  await emulator.drop("alice");
  await until("alice", "connectionStateChanged", (state) => state === "connecting", 2);
  for (const text of ["one", "two", "three"]) await emulator.say(conversations.room, "bob", [text]);
  await call("edit meanwhile", old.updateBody("old, edited"));
  await call("add meanwhile", his.add("carol"));
  await until("alice", "connectionStateChanged", (state) => state === "connected", 2);
  await until("alice", "messageAdded", () => true, 3);
  await until("alice", "participantJoined");
  await quiet();
};
