/** Typing starts, is renewed, ends with a message or by itself; nobody sees their own. */
export default async ({ ready, call, until, quiet, trace, emulator, count }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"] }],
  });
  const alice = await ready("alice", 1, { options: { typingIndicatorTimeoutOverride: 700 } });
  const bob = await ready("bob", 1, { options: { typingIndicatorTimeoutOverride: 700 } });
  const hers = await alice.getConversationByUniqueName("room");
  await bob.getConversationByUniqueName("room");
  await call("typing", hers.typing());
  const typist = await until("bob", "typingStarted");
  trace("is typing", typist.isTyping);
  await call("typing again at once", hers.typing());
  await call("message", hers.sendMessage("done"));
  await until("bob", "messageAdded");
  await until("bob", "typingEnded");
  trace("is typing after the message", typist.isTyping);
  await quiet();
  await call("typing once more", async () => {
    for (let n = 0; count("bob", "typingStarted") < 2 && n < 40; n += 1) {
      await hers.typing();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  await until("bob", "typingEnded", () => true, 2);
  trace("is typing after a while", typist.isTyping);
};
