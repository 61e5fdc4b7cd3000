/** One argument too many, for every member; too few where one is needed; and a conversation one is not in. */
export default async ({ ready, call: attempt, quiet, emulator }) => {
  // What was done after all must have come back as an event before the next attempt.
  const call = async (label, work) => {
    if ((await attempt(label, work)) !== undefined) await quiet();
  };
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [
      { uniqueName: "room", createdBy: "alice", participants: ["alice"], messages: [{ author: "alice", body: "one" }] },
      { uniqueName: "closed-door", createdBy: "bob", participants: ["bob"] },
    ],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  const page = await room.getMessages();
  const message = page.items[0];
  const participant = (await room.getParticipants())[0];
  const extra = { more: true };
  const members = [
    ["client", alice, {
      getConversationBySid: ["CH"], peekConversationBySid: ["CH"], getConversationByUniqueName: ["n"], getUser: ["bob"],
      updateToken: ["t"], createConversation: [{}], getSubscribedConversations: [], getSubscribedUsers: [],
    }],
    ["conversation", room, {
      add: ["bob", {}], advanceLastReadMessageIndex: [0], getAttributes: [], getMessages: [1, 0, "forward"],
      getParticipants: [], getParticipantsCount: [], getParticipantBySid: ["MB"], getParticipantByIdentity: ["bob"],
      getMessagesCount: [], getUnreadMessagesCount: [], removeParticipant: ["bob"], sendMessage: ["a", {}, {}],
      setAllMessagesRead: [], setUserNotificationLevel: ["default"], typing: [], updateAttributes: [{}],
      updateFriendlyName: ["n"], updateLastReadMessageIndex: [0], updateUniqueName: ["n"],
    }],
    ["message", message, { updateBody: ["b"], updateAttributes: [{}], getParticipant: [] }],
    ["participant", participant, { updateAttributes: [{}], getUser: [] }],
    ["user", alice.user, { updateAttributes: [{}], updateFriendlyName: ["n"] }],
  ];
  for (const [name, object, methods] of members) {
    for (const [method, args] of Object.entries(methods)) {
      await call(`${name}.${method}(…, extra)`, () => object[method](...args, extra));
      if (args.length > 0) await call(`${name}.${method}()`, () => object[method]());
    }
  }
  const values = {
    "NaN": Number.NaN, "Infinity": Infinity, "an empty text": "", "true": true, "null": null, "[]": [], "{}": {},
    "a function": () => {}, "a symbol": Symbol.iterator, "a bigint": 10n, "a date": new Date(0),
  };
  for (const [label, value] of Object.entries(values)) {
    await call(`advance ${label}`, () => room.advanceLastReadMessageIndex(value));
    await call(`page size ${label}`, () => room.getMessages(value));
    await call(`name ${label}`, () => room.updateUniqueName(value));
    await call(`attributes ${label}`, () => room.updateAttributes(value));
    await call(`body ${label}`, () => message.updateBody(value));
  }
  await call("not hers, by sid", () => alice.getConversationBySid(conversations["closed-door"]));
  await call("not hers, by name", () => alice.getConversationByUniqueName("closed-door"));
  await call("not hers, peeked", () => alice.peekConversationBySid(conversations["closed-door"]));
  await quiet();
};
