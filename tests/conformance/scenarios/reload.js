/** A page that is reloaded opens what the session's storage has kept, and finds what has changed meanwhile. */

const NAMES = ["quiet", "busy", "changed", "left", "deleted", "grown"];
const KEPT = /::(document|list|map)::/;

/** What the storage has, by kind. */
const kept = () => {
  const found = { document: 0, list: 0, map: 0 };
  for (const key of Object.keys(sessionStorage)) if (KEPT.test(key)) found[KEPT.exec(key)[1]]++;
  return found;
};

/** Since Alice logged in last: how many descriptions of objects her client has read, and of how many it hears events. */
async function requests(emulator) {
  const { connections } = await emulator.state();
  const { id } = connections.find(({ identity }) => identity === "alice");
  const counts = { described: 0, subscribed: {} };
  const subscribed = new Set();
  for (const { connection, dir, header, payload } of await emulator.log()) {
    const path = header.http_request?.path ?? "";
    if (connection !== id || dir !== "c>s") continue;
    if (/^\/v3\/(Services\/\w+\/)?(Documents|Lists|Maps)\/[^/]+$/.test(path) && header.http_request.method === "GET") counts.described++;
    if (path === "/v4/Subscriptions") {
      for (const { object_type: kind, object_sid: sid } of payload.requests) subscribed.add(`${kind} ${sid}`);
    }
  }
  for (const kind of [...subscribed].map((one) => one.split(" ")[0]).sort()) counts.subscribed[kind] = (counts.subscribed[kind] ?? 0) + 1;
  return counts;
}

export default async ({ ready, quiet, trace, emulator, pause }) => {
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }, { identity: "carol" }],
    conversations: NAMES.map((name) => ({
      uniqueName: name, createdBy: name === "busy" ? "alice" : "bob", attributes: { of: name }, participants: ["alice", "bob"],
      messages: ["one", "two"].map((body) => ({ author: "bob", body: `${body} in ${name}` })),
    })),
  });
  trace("kept before", kept());
  const alice = await ready("alice", NAMES.length);
  const busy = await alice.getConversationByUniqueName("busy");
  await busy.updateAttributes({ of: "busy", since: "before" });
  await quiet();
  const all = { document: NAMES.length, list: NAMES.length, map: NAMES.length + 2 };
  const complete = () => Object.keys(all).every((kind) => kept()[kind] >= all[kind]);
  for (const end = performance.now() + 10_000; !complete() && performance.now() < end; ) await pause(50);
  trace("kept", kept());
  const told = () => Object.entries(sessionStorage).some(([key, text]) => KEPT.test(key) && text.includes("before"));
  for (const end = performance.now() + 5000; !told() && performance.now() < end; ) await pause(50);
  trace("a change is kept", told());
};

export const afterReload = async ({ ready, call, client, until, quiet, trace, emulator, subscribed }) => {
  const bob = await ready("bob", NAMES.length, { options: { Sync: { enableSessionStorage: false } } });
  const his = {};
  for (const name of NAMES) his[name] = await bob.getConversationByUniqueName(name);
  await his.busy.sendMessage("three");
  await his.busy.sendMessage("four");
  await (await his.busy.getMessages()).items[0].updateBody("one, edited");
  await (await his.busy.getMessages()).items[1].remove();
  await his.changed.updateAttributes({ of: "changed", since: "then" });
  await his.changed.updateFriendlyName("Changed");
  await his.grown.add("carol");
  await his.left.removeParticipant("alice");
  await his.deleted.delete();
  const made = await bob.createConversation({ uniqueName: "new" });
  await made.join();
  await until("bob", "conversationJoined", ({ uniqueName }) => uniqueName === "new");
  // Whoever comes before that is no newcomer.
  await made.getParticipants();
  await subscribed("bob");
  await made.add("alice");
  await until("bob", "participantJoined", ({ conversation }) => conversation.uniqueName === "new");
  await quiet();

  const alice = await client("alice");
  await until("alice", "conversationJoined", () => true, 5);
  await subscribed("alice");
  await quiet();
  trace("requests", await requests(emulator));
  for (const name of ["quiet", "busy", "changed", "grown", "new"]) {
    const room = await call(`${name} by name`, alice.getConversationByUniqueName(name));
    await call("its messages", room.getMessages());
    await call("their count", room.getMessagesCount());
    trace("who is there", (await room.getParticipants()).map(({ identity }) => identity).sort());
  }
  await call("left by name", alice.getConversationByUniqueName("left"));
  await call("deleted by name", alice.getConversationByUniqueName("deleted"));
  await call("say", his.busy.sendMessage("five"));
  await until("alice", "messageAdded", ({ body }) => body === "five");
  await call("change", his.changed.updateAttributes({ of: "changed", since: "now" }));
  await until("alice", "conversationUpdated", ({ conversation }) => conversation.attributes.since === "now");
  await call("add", his.quiet.add("carol"));
  await until("alice", "participantJoined", ({ identity }) => identity === "carol");
  await quiet();
};
