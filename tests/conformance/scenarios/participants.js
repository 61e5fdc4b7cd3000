/** Who is in a conversation, how to find them, and what changes about them. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob", friendlyName: "Bob" }, { identity: "carol" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"] }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  const all = await call("participants", room.getParticipants());
  await call("count", room.getParticipantsCount());
  await call("by identity", room.getParticipantByIdentity("bob"));
  await call("by sid", room.getParticipantBySid(all[0].sid));
  await call("unknown identity", room.getParticipantByIdentity("nobody"));
  await call("unknown sid", room.getParticipantBySid("MB0"));
  trace("same object", (await room.getParticipantByIdentity("bob")) === all.find((one) => one.identity === "bob"));
  trace("its conversation", all[0].conversation === room);
  await call("user of bob", all.find((one) => one.identity === "bob").getUser());
  await quiet();
  await call("add carol", room.add("carol", { guest: true }));
  const carol = await until("alice", "participantJoined");
  await quiet();
  await call("add carol again", room.add("carol"));
  await call("change carol", carol.updateAttributes({ guest: false }));
  await until("alice", "participantUpdated");
  await quiet();
  await call("remove carol", carol.remove());
  await until("alice", "participantLeft");
  await quiet();
  await call("remove carol again", room.removeParticipant("carol"));
};
