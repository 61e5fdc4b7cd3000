/** Everything that can still be called when the client has ended: an answer from memory or an error, never a wait. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"],
      messages: { count: 40, author: "alice", prefix: "m" },
    }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  const page = await room.getMessages(10);
  const message = page.items[0];
  const participant = await room.getParticipantByIdentity("bob");
  await room.addNonChatParticipant("+15550199", "+15550100");
  await emulator.inbound("+15550100", "+15550199", "hi", { channelMetadata: { type: "sms", data: {} } });
  const received = await until("alice", "messageAdded");
  await quiet();
  await alice.shutdown();
  await quiet();
  const tries = {
    "getConversationBySid": () => alice.getConversationBySid(room.sid),
    "getConversationBySid(unknown)": () => alice.getConversationBySid(`CH${"0".repeat(32)}`),
    "createConversation": () => alice.createConversation({ friendlyName: "late" }),
    "getSubscribedConversations": () => alice.getSubscribedConversations(),
    "getSubscribedUsers": () => alice.getSubscribedUsers(),
    "getMessages": () => room.getMessages(10),
    "prevPage": () => page.prevPage(),
    "getParticipants": () => room.getParticipants(),
    "add": () => room.add("carol"),
    "leave": () => room.leave(),
    "delete": () => room.delete(),
    "typing": () => room.typing(),
    "updateAttributes": () => room.updateAttributes({}),
    "updateFriendlyName": () => room.updateFriendlyName("late"),
    "advanceLastReadMessageIndex": () => room.advanceLastReadMessageIndex(3),
    "setUserNotificationLevel": () => room.setUserNotificationLevel("muted"),
    "message.updateBody": () => message.updateBody("late"),
    "message.remove": () => message.remove(),
    "message.getDetailedDeliveryReceipts": () => received.getDetailedDeliveryReceipts(),
    "message.getChannelMetadata": () => received.getChannelMetadata(),
    "message.getMessageRecipients": () => received.getMessageRecipients(),
    "addNonChatParticipant": () => room.addNonChatParticipant("+15550199", "+15550101"),
    "participant.updateAttributes": () => participant.updateAttributes({}),
    "participant.remove": () => participant.remove(),
    "user.updateFriendlyName": () => alice.user.updateFriendlyName("late"),
  };
  for (const [label, attempt] of Object.entries(tries)) await call(label, attempt);
  trace("what it still knows", [alice.connectionState, room.status, message.body, participant.identity]);
};
