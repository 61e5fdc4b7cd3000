/** What many scenarios begin with. */

/** Alice and Bob, both ready, in a conversation that Alice has made. `more` as for `ready`. */
export async function twoInARoom({ ready, quiet, emulator }, more) {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"] }],
  });
  const alice = await ready("alice", 1, more);
  const bob = await ready("bob", 1, more);
  const hers = await alice.getConversationByUniqueName("room");
  const his = await bob.getConversationByUniqueName("room");
  await quiet();
  return { alice, bob, hers, his };
}
