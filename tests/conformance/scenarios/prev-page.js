/** Back again: pages before a page, in both directions of reading, and of conversations. */
export default async ({ ready, quiet, trace, call, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [
      { uniqueName: "room", createdBy: "alice", participants: ["alice"], messages: { count: 60, author: "alice", prefix: "m" } },
    ],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  await quiet();
  const bodies = (page) => page.items.map(({ index }) => index);
  const forward = await room.getMessages(10, 30, "forward");
  trace("from 30 on", bodies(forward));
  await call("before it", async () => bodies(await forward.prevPage()));
  await call("before that", async () => bodies(await (await forward.prevPage()).prevPage()));
  await call("and back", async () => bodies(await (await forward.prevPage()).nextPage()));
  const backwards = await room.getMessages(7, 55);
  trace("up to 55", bodies(backwards));
  await call("after it", async () => bodies(await backwards.nextPage()));
  await call("before it, backwards", async () => bodies(await backwards.prevPage()));
  await call("there and back", async () => bodies(await (await backwards.prevPage()).nextPage()));
};
