/** The service refuses the login at first: 401, 429 with a pause, 500; and what happens then. */
export default async ({ client, until, quiet, emulator }) => {
  await emulator.seed({ users: [{ identity: "alice" }] });
  const refuse = (status, body) => emulator.fault({ on: "init", action: "respond", status, body });
  await refuse(401, { errorCode: 20101, description: "Invalid Access Token" });
  await client("alice", { as: "401" });
  await until("401", "initFailed", () => true, 2);
  await quiet();
  await refuse(429, { errorCode: 51202, description: "Too many", backoff_policy: { reconnect_min_ms: 1200 } });
  await client("alice", { as: "429" });
  await until("429", "initialized");
  await quiet();
  await refuse(500, { description: "Internal" });
  await client("alice", { as: "500" });
  await until("500", "initialized");
  await quiet();
};
