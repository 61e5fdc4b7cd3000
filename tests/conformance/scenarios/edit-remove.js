/** Messages change and disappear; who has loaded them hears of it. */
export default async ({ ready, call, until, watch, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"],
      messages: [{ author: "alice", body: "one" }, { author: "bob", body: "two" }, { author: "alice", body: "three" }],
    }],
  });
  const alice = await ready("alice", 1);
  const bob = await ready("bob", 1);
  const hers = await (await alice.getConversationByUniqueName("room")).getMessages();
  const his = await (await bob.getConversationByUniqueName("room")).getMessages();
  watch(his.items[0], ["updated"], "bob's message");
  await quiet();
  await call("edit own", hers.items[0].updateBody("one, edited"));
  await until("bob", "messageUpdated");
  await quiet();
  await call("attributes", hers.items[0].updateAttributes({ edited: [1] }));
  await until("bob", "messageUpdated", () => true, 2);
  await quiet();
  await call("edit another's, as its conversation's creator", hers.items[1].updateBody("two, by alice"));
  await until("bob", "messageUpdated", () => true, 3);
  await quiet();
  await call("edit another's, without the right", his.items[0].updateBody("never"));
  await call("remove another's, without the right", his.items[0].remove());
  await call("remove own", hers.items[2].remove());
  await until("bob", "messageRemoved");
  await quiet();
  await call("remove again", hers.items[2].remove());
  await call("the rest", (await bob.getConversationByUniqueName("room")).getMessages());
};
