/** The line is lost, or media are refused for the moment, while something is read. */
export default async ({ ready, trace, until, quiet, pause, outcome, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"],
      messages: { count: 150, author: "alice", prefix: "m" },
    }],
  });
  const alice = await ready("alice", 1, { events: ["initialized", "conversationJoined", "connectionStateChanged"] });
  await ready("bob", 1, { events: ["initialized", "conversationJoined", "messageAdded"] });
  const hers = await alice.getConversationByUniqueName("room");
  await hers.sendMessage({ contentType: "text/plain", media: "text", filename: "a.txt" });
  const { attachedMedia } = await until("bob", "messageAdded", (message) => message.attachedMedia.length > 0);
  await quiet();

  const reads = {
    count: [() => hers.getMessagesCount(), "/Conversations/CH[^/]*$"],
    user: [() => alice.getUser("bob"), "/Users/bob"],
    peek: [() => alice.peekConversationBySid(hers.sid), "/Conversations/CH[^/]*$"],
    messages: [() => hers.getMessages(20, 50), "/Items"],
  };
  const found = [];
  for (const [index, [label, [read, path]]] of Object.entries(reads).entries()) {
    // What was read a moment ago is not asked for again.
    await pause(600);
    await emulator.fault({ on: "request", action: "drop", path });
    found.push([label, await outcome(read(), 10_000)]);
    await emulator.request("DELETE", "/emulator/faults");
    await until("alice", "connectionStateChanged", (state) => state === "connected", index + 2);
    await quiet();
  }
  for (const status of [503, 429, 500]) {
    await emulator.fault({ on: "media", action: "respond", status });
    found.push([`medium, ${status}`, (await outcome(attachedMedia[0].getContentTemporaryUrl(), 10_000)).slice(0, 13)]);
    await emulator.request("DELETE", "/emulator/faults");
  }
  for (const [label, became] of found) trace(`${label}:`, became);
};
