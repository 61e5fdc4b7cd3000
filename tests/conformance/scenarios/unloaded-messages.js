/** Changes to messages that a client has not loaded are not announced to it. */
export default async ({ ready, call, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"],
      messages: [{ author: "alice", body: "one" }, { author: "alice", body: "two" }],
    }],
  });
  const alice = await ready("alice", 1);
  await ready("bob", 1);
  const page = await (await alice.getConversationByUniqueName("room")).getMessages();
  await call("edit", page.items[0].updateBody("edited"));
  await call("remove", page.items[1].remove());
  await quiet();
};
