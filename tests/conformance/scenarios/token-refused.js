/** Tokens that the service refuses at login: malformed, expired, of another secret, without a chat grant. */
export default async ({ client, until, call, quiet, emulator, Client }) => {
  await emulator.seed({ users: [{ identity: "alice" }] });
  const good = await emulator.token("alice", 100);
  const [head, body] = good.split(".");
  await client("x", { as: "malformed", token: "not-a-token" });
  await until("malformed", "initFailed", () => true, 2);
  await client("x", { as: "wrong secret", token: `${head}.${body}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA` });
  await until("wrong secret", "initFailed", () => true, 2);
  await emulator.advance(200);
  const late = await client("x", { as: "expired", token: good });
  await until("expired", "initFailed", () => true, 2);
  await quiet();
  await call("empty", () => new Client(""));
  await call("no token", () => new Client());
  await call("create with an expired one", async () => {
    const uri = `ws://${location.host}/v3/wsconnect`;
    await Client.create(good, { Twilsock: { uri }, throwErrorsAlways: true });
  });
  void late;
};
