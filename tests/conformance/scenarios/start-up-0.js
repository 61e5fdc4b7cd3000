/** Logging in without any conversation: every event from the constructor to readiness, and what is there then. */
export default async ({ client, until, call, trace, quiet, emulator }) => {
  await emulator.seed({ users: [{ identity: "alice", friendlyName: "Alice", attributes: { vip: true } }] });
  const alice = await client("alice");
  trace("state before readiness", alice.connectionState);
  await until("alice", "initialized");
  await quiet();
  trace("own user", alice.user);
  trace("connection", alice.connectionState);
  trace("reachability", alice.reachabilityEnabled);
  trace("versions", [alice.version, alice.constructor.version]);
  await call("conversations", alice.getSubscribedConversations());
  await call("users", alice.getSubscribedUsers());
};
