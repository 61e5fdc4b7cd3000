/** An orderly end, and what can be asked of a client that is gone. */
export default async ({ ready, call, quiet, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  await quiet();
  await call("shutdown", alice.shutdown());
  trace("state right then", alice.connectionState);
  await quiet();
  trace("state", alice.connectionState);
  trace("what it knew", { name: room.uniqueName, status: room.status });
  await call("send", room.sendMessage("too late"));
  await call("look up", alice.getConversationByUniqueName("room"));
  await call("shutdown again", alice.shutdown());
};
