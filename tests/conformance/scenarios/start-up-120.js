/** Logging in with 120 conversations: all are announced, and the list has pages. */
export default async ({ ready, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: Array.from({ length: 120 }, (_, n) => ({
      uniqueName: `room-${n}`, friendlyName: `Room ${n}`, createdBy: "alice", participants: ["alice"],
    })),
  });
  const alice = await ready("alice", 120);
  const names = [];
  let page = await alice.getSubscribedConversations();
  trace("first page", { count: page.items.length, next: page.hasNextPage, prev: page.hasPrevPage });
  for (;;) {
    names.push(...page.items.map((conversation) => conversation.uniqueName));
    if (!page.hasNextPage) break;
    page = await page.nextPage();
  }
  trace("last page", { next: page.hasNextPage, prev: page.hasPrevPage });
  trace("names", names);
  const sids = (await page.prevPage()).items.map(({ sid }) => sid);
  trace("the page before is in order", sids.join() === sids.toSorted().join());
};
