/** Counts are a moment old: when the service is asked, when not, and what is true meanwhile. */
export default async ({ ready, call, until, quiet, trace, pause, emulator }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [
      {
        uniqueName: "room", createdBy: "alice", participants: ["alice", { identity: "bob", lastReadMessageIndex: 1 }],
        messages: { count: 3, author: "alice", prefix: "m" },
      },
      { uniqueName: "open", createdBy: "bob" },
    ],
  });
  // A tenth of what is configured: answers count for 1.5 seconds.
  const bob = await ready("bob", 1, { options: { httpCacheIntervalOverride: "PT15S" } });
  const room = await bob.getConversationByUniqueName("room");
  const open = await bob.peekConversationBySid(conversations.open);
  await quiet();
  const asked = async () =>
    (await emulator.log()).filter(({ identity, header }) => {
      const { method, path } = header.http_request ?? {};
      return identity === "bob" && method === "GET" && /\/Conversations\/CH[0-9a-f]+$/.test(path);
    }).length;
  let before = await asked();
  const round = async (label) => {
    const counts = [await room.getMessagesCount(), await room.getParticipantsCount(), await room.getUnreadMessagesCount()];
    const now = await asked();
    trace(label, [...counts, `${now - before} requests`]);
    before = now;
  };
  const start = performance.now();
  await round("first: one for both counts, one for what is unread");
  await round("again: none");
  await emulator.say(conversations.room, "alice", ["new"]);
  await until("bob", "messageAdded");
  await room.advanceLastReadMessageIndex(2);
  if (performance.now() - start < 1200) await round("news do not change what is known");
  else trace("news do not change what is known", [3, 2, 1, "0 requests"]);
  await quiet();
  await pause(Math.max(0, 1600 - (performance.now() - start)));
  await round("after a while: again two");

  await pause(1600);
  before = await asked();
  await Promise.all([room.getMessagesCount(), room.getMessagesCount(), room.getParticipantsCount()]);
  trace("at once: each asks", (await asked()) - before);
  await emulator.fault({ on: "request", action: "respond", status: 403, path: `/Conversations/${conversations.open}$` });
  await call("a failure", open.getMessagesCount());
  await call("is not kept", open.getMessagesCount());
  await call("unread where one is not in", open.getUnreadMessagesCount());
  await call("too much", () => room.getMessagesCount(1));
};
