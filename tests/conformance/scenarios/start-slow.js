/** A start in which one conversation is answered later than the others, and one is not. */
export default async ({ client, quiet, trace, emulator }) => {
  const names = ["slow", "second", "silent", "fourth"];
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: names.map((uniqueName) => ({ uniqueName, createdBy: "alice", participants: ["alice"] })),
  });
  await emulator.fault({ on: "request", action: "delay", path: `/Documents/${conversations.slow}`, delay: 0.2 });
  await emulator.fault({ on: "request", action: "ignore", path: `/Documents/${conversations.silent}` });
  const order = [];
  const alice = await client("alice", { events: ["initialized"] });
  await new Promise((resolve) => {
    alice.on("conversationJoined", ({ uniqueName }) => order.push(uniqueName) === names.length - 1 && resolve());
  });
  await quiet();
  trace("joined", order);
};
