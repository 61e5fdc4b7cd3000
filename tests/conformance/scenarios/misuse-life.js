/** Calls at the wrong time, one client too many, listeners that fail or are too many. */
export default async ({ client, ready, until, count, trace, outcome, quiet, pause, emulator, Client, expectUnheard }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice", "bob"] }],
  });
  const events = ["initialized", "conversationJoined", "messageAdded", "connectionStateChanged"];
  // Before it is ready.
  const early = await client("alice", { as: "early", events });
  const asked = [
    early.getSubscribedConversations(), early.getSubscribedUsers(), early.getUser("bob"),
    early.createConversation({ uniqueName: "early" }),
  ];
  trace("state", early.connectionState);
  for (const one of asked) trace("asked too early", await outcome(one, 5000));
  await until("early", "conversationJoined");
  await quiet();
  // Made, ended at once and made again, as React does in its strict mode.
  const token = await emulator.token("alice");
  const options = { Twilsock: { uri: `ws://${location.host}/v3/wsconnect` } };
  const first = new Client(token, options);
  const ending = outcome(first.shutdown(), 5000);
  const second = new Client(token, options);
  const page = await second.getSubscribedConversations();
  trace("the second", [page.items.length, second.connectionState]);
  const ended = await ending;
  await quiet();
  trace("the first", [ended, first.connectionState, await outcome(first.getUser("bob"))].map((one) => String(one).split(":")[0]));
  // Two clients of the same user, each with objects of its own.
  const hers = await early.getConversationBySid(conversations.room);
  const same = await second.getConversationBySid(conversations.room);
  trace("not the same object", [hers === same, hers.sid === same.sid, early.user === second.user]);
  const heard = [];
  same.on("messageAdded", ({ body }) => heard.push(`second: ${body}`));
  await quiet();
  // Thousands of listeners, some of which fail.
  const reported = [];
  const note = (event) => {
    event.preventDefault();
    reported.push(event.message.replace("Uncaught ", ""));
  };
  window.addEventListener("error", note);
  expectUnheard("later, a listener's own fault");
  let calls = 0;
  const listener = () => calls++;
  hers.setMaxListeners(0);
  for (let number = 0; number < 2000; number++) hers.on("messageAdded", listener);
  hers.on("messageAdded", async () => {
    throw new Error("later, a listener's own fault");
  });
  await hers.sendMessage("one");
  await until("early", "messageAdded");
  await quiet();
  trace("listeners called", calls);
  for (let number = 0; number < 2000; number++) hers.off("messageAdded", listener);
  trace("left", hers.listenerCount("messageAdded") < 5);
  hers.prependListener("messageAdded", () => {
    throw new Error("a listener's own fault");
  });
  for (const text of ["two", "three"]) await hers.sendMessage(text);
  await pause(300);
  await quiet();
  trace("heard by the client itself", count("early", "messageAdded"));
  trace("heard by the second", heard);
  trace("reported", reported);
  trace("still works", await outcome(hers.sendMessage("four")));
  window.removeEventListener("error", note);
  await second.shutdown();
  // After a start that failed.
  const refused = await client("mallory", { as: "refused", token: "garbage", events: ["initFailed"] });
  await until("refused", "initFailed", () => true, 2);
  await quiet();
  for (const ask of ["getSubscribedConversations", "getSubscribedUsers", "createConversation", "shutdown"]) {
    trace(`${ask} of a client that could not start`, (await outcome(refused[ask]())).split(":")[0]);
  }
  trace("its user cannot be changed", (await outcome(refused.user.updateFriendlyName("x"))).split(":")[0]);
};
