/** Create, join, add, leave, remove and delete, as the one who does it and the one to whom it is done. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  await emulator.seed({ users: [{ identity: "alice" }, { identity: "bob" }] });
  const alice = await ready("alice");
  const bob = await ready("bob");
  await quiet();
  const room = await call("create", alice.createConversation({ friendlyName: "Room", uniqueName: "room", attributes: { x: 1 } }));
  await quiet();
  trace("not joined", room.status);
  await call("send before joining", room.sendMessage("too early"));
  await call("join", room.join());
  await until("alice", "conversationJoined");
  await quiet();
  await call("join again", room.join());
  await call("create with the same name", alice.createConversation({ uniqueName: "room" }));
  await call("create without options", alice.createConversation());
  await quiet();

  await call("add bob", room.add("bob"));
  const his = await until("bob", "conversationJoined");
  await quiet();
  await call("bob sends", his.sendMessage("hello"));
  await until("alice", "messageAdded");
  await quiet();
  await call("bob leaves", his.leave());
  await until("bob", "conversationLeft");
  await quiet();
  trace("bob's conversation", his.status);
  await call("bob leaves again", his.leave());
  await call("bob sends after leaving", his.sendMessage("gone"));

  await call("add bob again", room.add("bob"));
  await until("bob", "conversationJoined", () => true, 2);
  await quiet();
  await call("remove bob", room.removeParticipant("bob"));
  await until("bob", "conversationRemoved", () => true, 2);
  await quiet();
  await call("bob peeks", bob.peekConversationBySid(room.sid));
  await call("bob looks by name", bob.getConversationByUniqueName("room"));

  await call("add bob a third time", room.add("bob"));
  const last = await until("bob", "conversationJoined", () => true, 3);
  await quiet();
  await call("bob deletes", last.delete());
  await call("alice deletes", room.delete());
  await until("bob", "conversationRemoved", () => true, 3);
  await until("alice", "conversationRemoved");
  await quiet();
  await call("send into the deleted", room.sendMessage("nobody there"));
};
