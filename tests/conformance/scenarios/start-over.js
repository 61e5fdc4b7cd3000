/** Two clients of one person, one page: both hear everything; ending one leaves the other alone. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const first = await ready("alice", 1, { as: "first" });
  // Without what the first one has kept of the session: the official SDK has written it already, ours not yet.
  const second = await ready("alice", 1, { as: "second", options: { Sync: { enableSessionStorage: false } } });
  await quiet();
  const room = await first.getConversationByUniqueName("room");
  const same = await second.getConversationByUniqueName("room");
  trace("objects of their own", room !== same && room.sid === same.sid);
  await call("send", room.sendMessage("to both"));
  await until("first", "messageAdded");
  await until("second", "messageAdded");
  await quiet();
  await call("end the first", first.shutdown());
  await quiet();
  await call("send from the second", same.sendMessage("alone"));
  await until("second", "messageAdded", () => true, 2);
  await quiet();
};
