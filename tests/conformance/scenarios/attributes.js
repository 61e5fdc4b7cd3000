/** Attributes and names of the four entities, by their owner and as others see them. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice", friendlyName: "Alice" }, { identity: "bob" }],
    conversations: [{
      uniqueName: "room", friendlyName: "Room", createdBy: "alice", participants: ["alice", "bob"],
      messages: [{ author: "alice", body: "one" }],
    }],
  });
  const alice = await ready("alice", 1);
  const bob = await ready("bob", 1);
  const hers = await alice.getConversationByUniqueName("room");
  const his = await bob.getConversationByUniqueName("room");
  await his.getMessages();
  await call("bob reads alice", bob.getUser("alice"));
  await quiet();

  let updates = 0;
  const cut = { "\udf89": "party 🎉".slice(0, -1), whole: "🎉" };
  for (const value of [{ a: 1 }, { a: 1, b: [true, null] }, "text", 7, null, [], cut, {}]) {
    await call("conversation", hers.updateAttributes(value));
    await until("bob", "conversationUpdated", () => true, (updates += 1));
    await quiet();
    trace("as bob sees it", his.attributes);
  }
  await call("friendly name", hers.updateFriendlyName("New name"));
  await until("bob", "conversationUpdated", () => true, (updates += 1));
  await quiet();
  await call("the same friendly name", hers.updateFriendlyName("New name"));
  await call("unique name", hers.updateUniqueName("new-room"));
  await until("bob", "conversationUpdated", () => true, (updates += 1));
  await quiet();
  await call("no unique name", hers.updateUniqueName(null));
  await until("bob", "conversationUpdated", () => true, (updates += 1));
  await quiet();
  await call("without the right", his.updateFriendlyName("never"));

  const message = (await hers.getMessages()).items[0];
  await call("message", message.updateAttributes({ m: 1 }));
  await until("bob", "messageUpdated");
  await quiet();
  const self = await hers.getParticipantByIdentity("alice");
  await call("participant", self.updateAttributes({ p: 1 }));
  await until("bob", "participantUpdated");
  await quiet();
  await call("user", alice.user.updateAttributes({ u: 1 }));
  await until("bob", "userUpdated", ({ updateReasons }) => updateReasons.includes("attributes"));
  await quiet();
  await call("user's name", alice.user.updateFriendlyName("Alice B."));
  await until("bob", "userUpdated", ({ updateReasons }) => updateReasons.includes("friendlyName"), 2);
  await quiet();
  const her = await bob.getUser("alice");
  await call("another's user", her.updateFriendlyName("never"));
  await call("conversation's attributes", his.getAttributes());
  await call("unsubscribe", her.unsubscribe());
  await quiet();
};
