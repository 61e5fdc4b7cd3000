/** What is sent while the connection is being restored goes out as soon as it is there; what is cut is reported. */
export default async ({ ready, call, until, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  await quiet();
  await emulator.drop("alice");
  await until("alice", "connectionStateChanged", (state) => state === "connecting", 2);
  await call("send while away", room.sendMessage("queued"));
  await until("alice", "messageAdded");
  await quiet();
  await emulator.fault({ on: "request", method: "POST", path: "/Messages$", action: "drop_after" });
  await call("send, cut before the answer", room.sendMessage("stored but not confirmed"));
  await until("alice", "messageAdded", () => true, 2);
  await quiet();
};
