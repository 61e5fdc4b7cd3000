/** Users: who is subscribed and for how long, what an unsubscribed one still does, and who can be reached. */
export default async ({ ready, call, until, quiet, trace, emulator }) => {
  const identities = ["alice", "bob", "carol", "dave"];
  await emulator.seed({ users: identities.map((identity) => ({ identity, friendlyName: identity.toUpperCase() })) });
  const alice = await ready("alice", 0, { options: { userInfosToSubscribeOverride: 2 } });
  await quiet();
  trace("reachability", [alice.reachabilityEnabled, alice.user.isOnline, alice.user.isNotifiable, alice.user.isSubscribed]);
  const subscribed = async (label) => trace(label, (await alice.getSubscribedUsers()).map((user) => [user.identity, user.isSubscribed]));
  await subscribed("at first");
  const [bob, carol] = [await call("bob", alice.getUser("bob")), await call("carol", alice.getUser("carol"))];
  trace("the same", [(await alice.getUser("bob")) === bob, (await alice.getUser("alice")) === alice.user]);
  await subscribed("two");
  const dave = await call("dave", alice.getUser("dave"));
  await quiet();
  await subscribed("the first one had to go");
  trace("it stays readable", bob);
  await call("but cannot be changed", bob.updateFriendlyName("x"));
  await call("nor so", bob.updateAttributes({}));
  const again = await call("bob once more", alice.getUser("bob"));
  trace("another object", again === bob);
  await quiet();
  await subscribed("carol had to go");
  trace("carol", carol.isSubscribed);

  await call("unsubscribe", dave.unsubscribe());
  await call("unsubscribe twice", dave.unsubscribe());
  await subscribed("without dave");
  await call("unsubscribe oneself", alice.user.unsubscribe());
  await until("alice", "userSubscribed", (user) => user === alice.user, 2);
  await quiet();
  await subscribed("oneself is there again");
  await call("and can be changed", alice.user.updateFriendlyName("Alice"));
  await until("alice", "userUpdated", ({ updateReasons }) => updateReasons.includes("friendlyName"), 3);
  await call("too much", () => alice.getUser("bob", 1));

  // Only whoever is subscribed is followed.
  const online = (isOnline) => until("alice", "userUpdated", ({ user, updateReasons }) => user === again && updateReasons.includes("reachabilityOnline") && user.isOnline === isOnline, 1);
  const his = await ready("bob", 0, { events: ["initialized"] });
  await online(true);
  trace("online", [again.isOnline, again.isNotifiable, bob.isOnline]);
  await his.setPushRegistrationId("fcm", "phone");
  await until("alice", "userUpdated", ({ user, updateReasons }) => user === again && updateReasons.includes("reachabilityNotifiable") && user.isNotifiable);
  trace("notifiable", [again.isOnline, again.isNotifiable]);
  await his.shutdown();
  await online(false);
  await quiet();
  trace("offline", [again.isOnline, again.isNotifiable, bob.isOnline]);
};
