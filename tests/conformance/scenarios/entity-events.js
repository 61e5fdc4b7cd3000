/** Events of conversations, participants, messages and users, and their place among the client's own. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }, { identity: "carol" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"],
      messages: [{ author: "alice", body: "one" }, { author: "alice", body: "two" }],
    }],
  });
  // Late, so that the end of somebody's typing has one cause only.
  const options = { typingIndicatorTimeoutOverride: 60_000 };
  const alice = await ready("alice", 1, { options });
  const bob = await ready("bob", 1, { options });
  const hers = await alice.getConversationByUniqueName("room");
  const mine = (await hers.getMessages()).items;
  const self = await hers.getParticipantByIdentity("alice");

  // Into bob's stream, among the events of his client: their order is part of the comparison.
  const listen = (name, object, events) => {
    for (const event of events) object.on(event, (...args) => trace(`${name}: ${event}`, args[0], "bob"));
  };
  const his = await bob.getConversationByUniqueName("room");
  const [first, second] = (await his.getMessages()).items;
  const her = await his.getParticipantByIdentity("alice");
  const user = await bob.getUser("alice");
  listen("conversation", his, [
    "updated", "removed", "messageAdded", "messageUpdated", "messageRemoved", "participantJoined", "participantLeft",
    "participantUpdated", "typingStarted", "typingEnded",
  ]);
  listen("first message", first, ["updated"]);
  listen("second message", second, ["updated"]);
  listen("participant", her, ["updated", "typingStarted", "typingEnded"]);
  listen("user", user, ["updated", "userSubscribed", "userUnsubscribed"]);
  await quiet();

  await call("typing", hers.typing());
  await until("bob", "typingStarted");
  await quiet();
  await call("send", hers.sendMessage("three"));
  await until("bob", "messageAdded");
  await until("bob", "typingEnded");
  await quiet();
  await call("edit", mine[0].updateBody("one, edited"));
  await until("bob", "messageUpdated");
  await quiet();
  await call("remove", mine[1].remove());
  await until("bob", "messageRemoved");
  await quiet();
  await call("rename", hers.updateFriendlyName("Room"));
  await until("bob", "conversationUpdated");
  await quiet();
  await call("about herself", self.updateAttributes({ here: true }));
  await until("bob", "participantUpdated");
  await quiet();
  await call("read", hers.advanceLastReadMessageIndex(0));
  await until("bob", "participantUpdated", () => true, 2);
  await quiet();
  await call("her name", alice.user.updateFriendlyName("Alice"));
  await until("bob", "userUpdated", ({ updateReasons }) => updateReasons.includes("friendlyName"));
  await quiet();
  await call("add", hers.add("carol"));
  await until("bob", "participantJoined");
  await quiet();
  await call("remove carol", hers.removeParticipant("carol"));
  await until("bob", "participantLeft");
  await quiet();
  await call("unsubscribe", user.unsubscribe());
  await until("bob", "userUnsubscribed");
  await quiet();
  await call("delete", hers.delete());
  await until("bob", "conversationRemoved");
  await quiet();
  trace("afterwards", his);
};
