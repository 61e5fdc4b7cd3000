/** The service ends the connection: moved elsewhere (308), unauthorised (401), unacceptable (406). */
export default async ({ ready, until, quiet, trace, emulator }) => {
  await emulator.seed({ users: [{ identity: "alice" }] });
  await ready("alice", 0, { as: "308" });
  await quiet();
  await emulator.close(308, { backoff_policy: { reconnect_min_ms: 300 } });
  await until("308", "connectionStateChanged", (state) => state === "connected", 2);
  await quiet();
  await emulator.drop();
  await emulator.reset();
  await emulator.seed({ users: [{ identity: "bob" }, { identity: "carol" }] });
  const bob = await ready("bob", 0, { as: "401" });
  await quiet();
  await emulator.close(401, { identity: "bob" });
  await until("401", "connectionStateChanged", (state) => state === "disconnected");
  await quiet();
  trace("401", bob.connectionState);
  const carol = await ready("carol", 0, { as: "406" });
  await quiet();
  await emulator.close(406, { identity: "carol" });
  await until("406", "connectionStateChanged", (state) => state === "disconnected");
  await quiet();
  trace("406", carol.connectionState);
};
