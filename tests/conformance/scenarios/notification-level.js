/** The notification level, and the state of a conversation, which only the service changes. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  await quiet();
  await call("mute", room.setUserNotificationLevel("muted"));
  await until("alice", "conversationUpdated");
  await quiet();
  await call("unmute", room.setUserNotificationLevel("default"));
  await until("alice", "conversationUpdated", () => true, 2);
  await quiet();
  await emulator.setState(conversations.room, "inactive");
  await until("alice", "conversationUpdated", () => true, 3);
  await quiet();
  await call("a message wakes it", room.sendMessage("hello"));
  await until("alice", "conversationUpdated", ({ updateReasons }) => updateReasons.includes("state"), 2);
  await quiet();
  await emulator.setState(conversations.room, "closed");
  await until("alice", "conversationUpdated", ({ updateReasons }) => updateReasons.includes("state"), 3);
  await quiet();
  trace("closed", room.state);
  await call("send into the closed", room.sendMessage("too late"));
  await call("change the closed", room.updateFriendlyName("New"));
};
