/** Every argument check, with values of every wrong kind: the same words, at once, and nothing is sent. */
const nothing = () => {};
const TEXTS = { "5": 5, "null": null, "true": true, "[]": [], "{}": {}, "a function": nothing, "a symbol": Symbol.iterator };
const KINDS = {
  text: { ...TEXTS, "undefined": undefined },
  name: { ...TEXTS, "undefined": undefined, "empty": "" },
  count: { "-1": -1, "1.5": 1.5, "'1'": "1", "NaN": Number.NaN, "Infinity": Infinity, "true": true, "{}": {}, "[]": [] },
  json: { "undefined": undefined, "a function": nothing, "a symbol": Symbol.iterator, "a bigint": 1n },
  "json, perhaps": { "a function": nothing, "a symbol": Symbol.iterator, "a bigint": 1n },
  object: { "null": null, "5": 5, "a text": "x", "[]": [], "a function": nothing },
  variables: { "null": null, "5": 5, "a text": "x", "{}": {}, "a function": nothing, "of 5": [5], "of objects": [{ name: "1", value: "x" }] },
  word: { "another": "another", "5": 5, "null": null, "empty": "", "undefined": undefined },
  "content": { "5": 5, "true": true, "[]": [], "undefined": undefined, "a function": nothing, "{}": {}, "no type": { media: "x" } },
  "list": { "null": null, "5": 5, "a text": "x", "{}": {}, "undefined": undefined, "empty": [], "of 5": [5], "of null": [null] },
};

export default async ({ ready, call, trace, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice"], messages: [{ author: "alice", body: "one" }],
    }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  const message = (await room.getMessages()).items[0];
  const participant = (await room.getParticipants())[0];
  await quiet();
  const builder = () => room.prepareMessage();
  // Each parameter: what is wrong for it; before it stand good ones.
  const members = [
    ["client", () => alice, {
      updateToken: [["name"]], getConversationBySid: [["name"]], peekConversationBySid: [["name"]],
      getConversationByUniqueName: [["name"]], getUser: [["name"]], createConversation: [["object"]],
      setPushRegistrationId: [["word"], ["text", "fcm"]], unsetPushRegistrationId: [["word"]],
      removePushRegistrations: [["word"], ["name", "fcm"]], parsePushNotification: [["object"]],
      handlePushNotification: [["object"]],
      getTemporaryContentUrlsForMedia: [["list"]], getTemporaryContentUrlsForMediaSids: [["list"]],
    }],
    ["conversation", () => room, {
      add: [["name"], ["json, perhaps", "bob"]],
      addNonChatParticipant: [["name"], ["name", "+1"], ["json, perhaps", "+1", "+2"], ["json, perhaps", "+1", "+2", {}]],
      advanceLastReadMessageIndex: [["count"]], getMessages: [["count"], ["count", 1], ["word", 1, 0]],
      getParticipantBySid: [["name"]], getParticipantByIdentity: [["name"]], removeParticipant: [["name"]],
      sendMessage: [["content"], ["json, perhaps", "a"]], setUserNotificationLevel: [["word"]],
      updateAttributes: [["json"]], updateFriendlyName: [["text"]], updateLastReadMessageIndex: [["count"]],
    }],
    ["message", () => message, {
      updateBody: [["text"]], updateAttributes: [["json"]], getEmailBody: [["object"]], getEmailHistory: [["object"]],
      getTemporaryContentUrlsForMedia: [["list"]], getTemporaryContentUrlsForMediaSids: [["list"]],
    }],
    ["participant", () => participant, { updateAttributes: [["json"]] }],
    ["user", () => alice.user, { updateAttributes: [["json"]], updateFriendlyName: [["text"]] }],
    ["builder", builder, {
      setBody: [["text"]], setSubject: [["text"]], setAttributes: [["json"]], setContentTemplate: [["text"], ["variables", "HX"]],
      addMedia: [["content"]], setEmailBody: [["text"], ["content", "text/plain"]],
      setEmailHistory: [["text"], ["content", "text/plain"]],
    }],
  ];
  const before = (await emulator.log()).filter(({ dir }) => dir === "c>s").length;
  for (const [owner, object, methods] of members) {
    for (const [method, parameters] of Object.entries(methods)) {
      for (const [position, [kind, ...good]] of parameters.entries()) {
        for (const [label, wrong] of Object.entries(KINDS[kind])) {
          // A text is a JSON type, a number may be what an address is: only refusals are of interest here.
          await call(`${owner}.${method} #${position + 1} ${label}`, () => object()[method](...good, wrong));
        }
      }
    }
  }
  const after = (await emulator.log()).filter(({ dir }) => dir === "c>s").length;
  trace("packets sent meanwhile", after - before);
};
