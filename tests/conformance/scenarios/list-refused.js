/** The list of conversations cannot be read. Single ones can. */
export default async ({ client, until, call, trace, outcome, quiet, emulator }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  await emulator.fault({ on: "request", action: "respond", status: 400, path: "Users/US[^/]*/Conversations$" });
  const alice = await client("alice");
  await until("alice", "initialized");
  await quiet();
  trace("by sid", await outcome(alice.getConversationBySid(conversations.room)));
  trace("by name", await outcome(alice.getConversationByUniqueName("room")));
  trace("peeked", await outcome(alice.peekConversationBySid(conversations.room)));
  await call("the list", async () => (await alice.getSubscribedConversations()).items.length);
};
