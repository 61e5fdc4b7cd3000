/** Pages that a page author takes apart, copies and changes: plain objects, whose functions need no object. */
export default async ({ ready, call, trace, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice"],
      messages: { count: 7, author: "alice", prefix: "m" },
    }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  await quiet();
  const bodies = (page) => page.items.map((message) => message.body);
  const kind = (value) => (Array.isArray(value) ? "array" : typeof value);
  const kinds = (object) => Object.entries(object).map(([key, value]) => [key, kind(value)]);

  const page = await room.getMessages(2);
  const { items, hasPrevPage, hasNextPage, prevPage, nextPage } = page;
  trace("taken apart", [items.length, hasPrevPage, hasNextPage]);
  await call("older", async () => bodies(await prevPage()));
  await call("older of the older", async () => bodies(await (await prevPage()).prevPage()));
  await call("back again", async () => {
    const { nextPage: forth } = await prevPage();
    return bodies(await forth());
  });
  await call("nothing newer", async () => bodies(await nextPage()));
  trace("spread", kinds({ ...page }));
  trace("its own", ["items", "hasPrevPage", "prevPage"].map((name) => Object.hasOwn(page, name)));
  trace("plain", [Object.getPrototypeOf(page) === Object.prototype, page.constructor === Object]);
  await call("of a copy", async () => bodies(await Object.assign({}, page).prevPage()));
  await call("with another this", async () => bodies(await prevPage.call({ items: [] })));
  trace("as JSON", Object.keys(JSON.parse(JSON.stringify({ ...page, items: [] }))));
  await call("changed", () => {
    page.items = [...page.items].reverse();
    page.hasPrevPage = "perhaps";
    return [bodies(page), page.hasPrevPage];
  });
  await call("two at once", async () => {
    const [one, other] = await Promise.all([prevPage(), prevPage()]);
    return [bodies(one), one.items[0] === other.items[0], one === other];
  });
  const forward = await room.getMessages(3, 0, "forward");
  trace("forward", kinds(forward));
  await call("newer", async () => bodies(await { ...forward }.nextPage()));

  const conversations = await alice.getSubscribedConversations();
  trace("conversations", kinds(conversations));
  trace("the same objects", [...conversations.items].map((one) => one === room));
};
