/** Late listeners: what has been emitted is remembered, once for each emitter and event. */
export default async ({ ready, call, trace, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  await call("send", room.sendMessage("hello"));
  await quiet();
  const heard = [];
  alice.onWithReplay("initialized", () => heard.push("initialized"));
  alice.onWithReplay("conversationJoined", (conversation) => heard.push(`joined ${conversation.uniqueName}`));
  room.onceWithReplay("messageAdded", (message) => heard.push(`once ${message.body}`));
  room.onWithReplay("messageAdded", (message) => heard.push(`always ${message.body}`));
  room.addListenerWithReplay("participantJoined", () => heard.push("never"));
  trace("at once", heard.splice(0));
  await call("send again", room.sendMessage("again"));
  await quiet();
  trace("later", heard);
  trace("counts", [room.listenerCount("messageAdded"), alice.listenerCount("initialized")]);
};
