/** Logging in with three conversations of two people. */
export default async ({ ready, call, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [1, 2, 3].map((n) => ({
      uniqueName: `room-${n}`, friendlyName: `Room ${n}`, createdBy: "alice", attributes: { n },
      participants: ["alice", "bob"], messages: [{ author: "bob", body: `hello ${n}` }],
    })),
  });
  const alice = await ready("alice", 3);
  await quiet();
  const page = await call("conversations", alice.getSubscribedConversations());
  for (const conversation of page.items) {
    await call(`participants of ${conversation.uniqueName}`, conversation.getParticipants());
  }
  const found = await call("by name", alice.getConversationByUniqueName("room-2"));
  const again = await alice.getConversationBySid(found.sid);
  await call("one object an entity", () => again === found && page.items.includes(found));
};
