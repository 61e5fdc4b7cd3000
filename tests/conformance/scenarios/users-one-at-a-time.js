/** Users with room for none: one at a time is followed all the same, and gives way to the next. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  await emulator.seed({ users: ["alice", "bob", "carol", "dora"].map((identity) => ({ identity })) });
  const alice = await ready("alice", 0, { options: { userInfosToSubscribeOverride: 0 } });
  await quiet();
  const subscribed = async (label) => trace(label, (await alice.getSubscribedUsers()).map((user) => [user.identity, user.isSubscribed]));
  await subscribed("at first");
  const users = [];
  for (const identity of ["bob", "carol", "dora"]) {
    users.push(await call(identity, alice.getUser(identity)));
    if (users.length > 1) await until("alice", "userUnsubscribed", () => true, users.length - 1);
    await quiet();
    await subscribed(`with ${identity}`);
  }
  trace("each of them", users.map((user) => user.isSubscribed));
  trace("still the same", (await alice.getUser("dora")) === users[2]);
  trace("another object", (await alice.getUser("bob")) === users[0]);
  await until("alice", "userUnsubscribed", () => true, 3);
  await quiet();
  await subscribed("bob once more");
};
