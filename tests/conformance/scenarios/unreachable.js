/** Nobody listens at the address: each attempt is told of, the client goes on trying, nothing hangs. */
export default async ({ client, until, call, emulator, Client }) => {
  const Twilsock = { uri: "ws://127.0.0.1:49151/v3/wsconnect" };
  const once = { Twilsock, retryPolicy: { min: 60_000, max: 60_001 } };
  await call("create", async () => void (await Client.create(await emulator.token("alice"), once)));
  await call("create, strictly", async () => {
    await Client.create(await emulator.token("alice"), { ...once, throwErrorsAlways: true });
  });
  const retryPolicy = { min: 3_000, max: 60_000 };
  await client("alice", { options: { Twilsock, retryPolicy } });
  // A port that browsers do not let pages use.
  await client("alice", { as: "blocked", options: { Twilsock: { uri: "ws://127.0.0.1:1/" }, retryPolicy } });
  await until("alice", "connectionError", () => true, 2);
  await until("blocked", "connectionError", () => true, 2);
};
