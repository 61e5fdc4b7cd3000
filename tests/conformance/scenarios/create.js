/** The deprecated way in, `Client.create`: it waits for readiness, and by default resolves even without it. */
export default async ({ call, quiet, trace, emulator, watch, Client }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const Twilsock = { uri: `ws://${location.host}/v3/wsconnect` };
  const alice = await Client.create(await emulator.token("alice"), { Twilsock });
  trace("ready", [alice instanceof Client, alice.connectionState, alice.user.identity]);
  // Readiness does not wait for the conversations, looking one up does.
  await call("by name", alice.getConversationByUniqueName("room"));
  await alice.shutdown();

  const refused = await Client.create("not-a-token", { Twilsock });
  trace("refused", [refused instanceof Client, refused.connectionState, refused.user.identity]);
  watch(refused, ["connectionStateChanged", "initialized", "initFailed", "stateChanged"], "refused");
  await quiet();
  trace("refused, later", refused.connectionState);
  await call("refused, strictly", async () => void (await Client.create("not-a-token", { Twilsock, throwErrorsAlways: true })));
  await call("no token", async () => void (await Client.create()));
  await call("options that are none", async () => void (await Client.create("t", 5)));
  await refused.shutdown().catch(() => undefined);
};
