/** Read horizons and counts, of the reader and as others see them. */
export default async ({ ready, call, until, quiet, trace, pause, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"],
      messages: { count: 10, author: "alice", prefix: "m" },
    }],
  });
  await ready("alice", 1);
  const bob = await ready("bob", 1);
  const room = await bob.getConversationByUniqueName("room");
  // The cache of counts lives for a tenth of a second.
  const counts = async (label) => {
    await quiet();
    await pause(150);
    await call(`${label}: unread`, room.getUnreadMessagesCount());
    trace(`${label}: horizon`, room.lastReadMessageIndex);
  };
  await call("messages", room.getMessagesCount());
  await call("participants", room.getParticipantsCount());
  await counts("at first");
  await call("advance to 3", room.advanceLastReadMessageIndex(3));
  await until("alice", "participantUpdated");
  await counts("after 3");
  await call("advance to 1", room.advanceLastReadMessageIndex(1));
  await counts("after a lower one");
  await call("update to 1", room.updateLastReadMessageIndex(1));
  await counts("after the update");
  await call("all read", room.setAllMessagesRead());
  await counts("after all");
  await call("none read", room.setAllMessagesUnread());
  await counts("after none");
  await call("update to 5", room.updateLastReadMessageIndex(5));
  await call("update to null", room.updateLastReadMessageIndex(null));
  await counts("after null");
};
