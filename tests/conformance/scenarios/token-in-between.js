/** New tokens at awkward moments: while the client logs in, and right after an expiry. */
export default async ({ client, until, quiet, trace, outcome, pause, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  await emulator.fault({ on: "init", action: "delay", delay: 0.6 });
  const events = ["connectionStateChanged", "initialized", "conversationJoined", "tokenExpired"];
  const alice = await client("alice", { ttl: 600, events });
  await until("alice", "connectionStateChanged", (state) => state === "connecting");
  trace("while it logs in", await outcome(alice.updateToken(await emulator.token("alice", 900))));
  await until("alice", "conversationJoined");
  await quiet();
  const sent = (await emulator.log()).filter(({ dir, header }) => dir === "c>s" && header.method === "update");
  trace("tokens sent after the first", sent.length);
  await emulator.advance(1000);
  await until("alice", "tokenExpired");
  trace("right after the expiry", await outcome(alice.updateToken(await emulator.token("alice", 600))));
  // The official client comes to rest 3 s after the expiry.
  while (!["connected", "disconnected"].includes(alice.connectionState)) await pause(50);
  trace("at last", alice.connectionState);
};
