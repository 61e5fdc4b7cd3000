/** Messages sent before the other side has heard of the conversation; and a token too short for a warning in time. */
export default async ({ ready, client, until, quiet, trace, emulator, call }) => {
  await emulator.seed({ users: [{ identity: "alice" }, { identity: "bob" }] });
  const alice = await ready("alice");
  await ready("bob");
  await quiet();
  const room = await alice.createConversation({ uniqueName: "new" });
  await room.join();
  await until("alice", "conversationJoined");
  await quiet();
  // He needs a moment to open the conversation that he hears of.
  await emulator.fault({ on: "request", action: "delay", identity: "bob", path: "/Documents/", delay: 0.5 });
  await room.add("bob");
  await call("before he knows", room.sendMessage("before he knows"));
  const his = await until("bob", "conversationJoined");
  await quiet();
  await call("when he knows", room.sendMessage("when he knows"));
  await quiet();
  trace("he reads", (await his.getMessages()).items.map(({ body }) => body));
  await client("bob", { as: "brief", ttl: 60, events: ["initialized", "tokenAboutToExpire", "tokenExpired"] });
  await until("brief", "initialized");
  await until("brief", "tokenAboutToExpire");
  await quiet();
};
