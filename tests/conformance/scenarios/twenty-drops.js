/** The socket breaks twenty times while 200 numbered messages arrive: each is announced once, in order. */
export default async ({ ready, until, trace, emulator, client }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"] }],
  });
  void client;
  const alice = await ready("alice", 1, {
    events: ["initialized", "conversationJoined"], options: { retryPolicy: { min: 20, max: 60, randomness: 0.2 } },
  });
  const heard = [];
  alice.on("messageAdded", (message) => heard.push(message.body));
  for (let n = 0; n < 20; n += 1) {
    const bodies = Array.from({ length: 10 }, (_, i) => String(n * 10 + i));
    await emulator.say(conversations.room, "bob", bodies.slice(0, 5));
    await emulator.drop("alice");
    await emulator.say(conversations.room, "bob", bodies.slice(5));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  for (let n = 0; heard.length < 200 && n < 300; n += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  await until("alice", "initialized");
  trace("heard", heard.join(" "));
};
