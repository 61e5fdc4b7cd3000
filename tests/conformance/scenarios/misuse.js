/** Wrong arguments, unknown things, too much: each with its own words, and nothing breaks. */
export default async ({ ready, call, quiet, emulator, Client }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice"], messages: [{ author: "alice", body: "one" }],
    }],
  });
  const uri = `ws://${location.host}/v3/wsconnect`;
  for (const args of [[5], ["t", null], ["t", 5], ["t", []], ["t", {}, 1], [null]]) {
    await call(`new Client(${JSON.stringify(args)})`, () => void new Client(...args));
  }
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  const message = (await room.getMessages()).items[0];
  const participant = (await room.getParticipants())[0];
  const unknown = `CH${"0".repeat(32)}`;
  const tries = {
    "getConversationBySid()": () => alice.getConversationBySid(),
    "getConversationBySid(5)": () => alice.getConversationBySid(5),
    "getConversationBySid(unknown)": () => alice.getConversationBySid(unknown),
    "peekConversationBySid(unknown)": () => alice.peekConversationBySid(unknown),
    "peekConversationBySid('')": () => alice.peekConversationBySid(""),
    "getConversationByUniqueName(unknown)": () => alice.getConversationByUniqueName("nowhere"),
    "getConversationByUniqueName({})": () => alice.getConversationByUniqueName({}),
    "getUser('')": () => alice.getUser(""),
    "getUser(unknown)": () => alice.getUser("nobody"),
    "updateToken(5)": () => alice.updateToken(5),
    "updateToken('')": () => alice.updateToken(""),
    "createConversation(5)": () => alice.createConversation(5),
    "createConversation({friendlyName: 5})": () => alice.createConversation({ friendlyName: 5 }),
    "createConversation({uniqueName: []})": () => alice.createConversation({ uniqueName: [] }),
    "createConversation({}, 1)": () => alice.createConversation({}, 1),
    "createConversation(long name)": () => alice.createConversation({ friendlyName: "n".repeat(300) }),
    "createConversation(a sid as name)": () => alice.createConversation({ uniqueName: unknown }),
    "sendMessage()": () => room.sendMessage(),
    "sendMessage(5)": () => room.sendMessage(5),
    "sendMessage([])": () => room.sendMessage([]),
    "sendMessage({})": () => room.sendMessage({}),
    "sendMessage('a', function)": () => room.sendMessage("a", () => {}),
    "sendMessage('a', {}, {subject: 5})": () => room.sendMessage("a", {}, { subject: 5 }),
    "sendMessage('a', {}, {}, 1)": () => room.sendMessage("a", {}, {}, 1),
    "sendMessage(over-long)": () => room.sendMessage("x".repeat(40_000)),
    "sendMessage(long attributes)": () => room.sendMessage("a", { a: "x".repeat(5_000) }),
    "getMessages('a')": () => room.getMessages("a"),
    "getMessages(-1)": () => room.getMessages(-1),
    "getMessages(10, 'end')": () => room.getMessages(10, "end"),
    "getMessages(10, 0, 'sideways')": () => room.getMessages(10, 0, "sideways"),
    "add()": () => room.add(),
    "add('')": () => room.add(""),
    "add(null)": () => room.add(null),
    "removeParticipant(5)": () => room.removeParticipant(5),
    "removeParticipant('nobody')": () => room.removeParticipant("nobody"),
    "updateAttributes()": () => room.updateAttributes(),
    "updateAttributes(function)": () => room.updateAttributes(() => {}),
    "updateFriendlyName(null)": () => room.updateFriendlyName(null),
    "updateFriendlyName(5)": () => room.updateFriendlyName(5),
    "updateUniqueName(5)": () => room.updateUniqueName(5),
    "advanceLastReadMessageIndex(-1)": () => room.advanceLastReadMessageIndex(-1),
    "advanceLastReadMessageIndex('1')": () => room.advanceLastReadMessageIndex("1"),
    "advanceLastReadMessageIndex(1.5)": () => room.advanceLastReadMessageIndex(1.5),
    "updateLastReadMessageIndex(undefined)": () => room.updateLastReadMessageIndex(undefined),
    "setUserNotificationLevel('loud')": () => room.setUserNotificationLevel("loud"),
    "getParticipantBySid('')": () => room.getParticipantBySid(""),
    "getParticipantByIdentity(5)": () => room.getParticipantByIdentity(5),
    "updateBody(5)": () => message.updateBody(5),
    "updateBody(null)": () => message.updateBody(null),
    "message.updateAttributes()": () => message.updateAttributes(),
    "participant.updateAttributes()": () => participant.updateAttributes(),
    "user.updateFriendlyName(null)": () => alice.user.updateFriendlyName(null),
    "user.updateAttributes()": () => alice.user.updateAttributes(),
    "setBody(5)": () => room.prepareMessage().setBody(5),
    "setAttributes()": () => room.prepareMessage().setAttributes(),
  };
  for (const [label, attempt] of Object.entries(tries)) await call(label, attempt);
  await quiet();
  await call("still works", room.sendMessage("still here"));
  await quiet();
  void uri;
};
