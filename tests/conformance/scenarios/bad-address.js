/** An address that no socket can have. */
export default async ({ client, until, quiet, trace }) => {
  const alice = await client("alice", { options: { Twilsock: { uri: "ws://[nowhere" } } });
  await until("alice", "connectionError");
  await until("alice", "initFailed");
  await quiet();
  trace("state", alice.connectionState);
};
