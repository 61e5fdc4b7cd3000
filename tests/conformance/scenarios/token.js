/** A token is about to expire, is renewed, expires, is renewed again. */
export default async ({ client, call, until, quiet, trace, pause, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const alice = await client("alice", { ttl: 600 });
  await until("alice", "conversationJoined");
  await quiet();
  await emulator.advance(430);
  await until("alice", "tokenAboutToExpire");
  await quiet();
  const renewed = await emulator.token("alice", 600);
  await call("renew", alice.updateToken(renewed));
  await call("renew with the same", alice.updateToken(renewed));
  await call("a token that nobody signed", alice.updateToken("not-a-token"));
  await until("alice", "connectionStateChanged", (state) => state === "denied");
  await quiet();
  await call("and a good one", alice.updateToken(await emulator.token("alice", 600)));
  await until("alice", "connectionStateChanged", (state) => state === "connected", 2);
  await emulator.advance(200);
  await quiet();
  trace("still connected", alice.connectionState);
  await emulator.advance(500);
  await until("alice", "tokenExpired");
  await until("alice", "connectionStateChanged", (state) => state === "disconnected");
  await quiet();
  const room = await alice.getConversationByUniqueName("room").catch((error) => trace("lookup offline", error.message));
  void room;
  // The official client ignores a new token for a moment after an expiry.
  await pause(3500);
  await call("renew after the end", alice.updateToken(await emulator.token("alice", 600)));
  await until("alice", "connectionStateChanged", (state) => state === "connected", 3);
  await quiet();
  await call("and it works", (await alice.getConversationByUniqueName("room")).sendMessage("back"));
  await until("alice", "messageAdded");
};
