/** 250 messages, paged both ways, from the end, from anchors, and past the edges. */
export default async ({ ready, call, trace, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice"], messages: { count: 250, author: "alice", prefix: "m" },
    }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  const show = (label, page) =>
    trace(label, {
      indexes: page.items.map((message) => message.index).join(" "), next: page.hasNextPage, prev: page.hasPrevPage,
    });

  let page = await room.getMessages();
  show("default", page);
  await call("next of the newest", page.nextPage());
  for (let n = 0; page.hasPrevPage; n += 1) {
    page = await page.prevPage();
    show(`back ${n}`, page);
  }
  await call("prev of the oldest", page.prevPage());
  page = await page.nextPage();
  show("forth again", page);

  page = await room.getMessages(40, 0, "forward");
  show("forward from 0", page);
  for (let n = 0; page.hasNextPage; n += 1) {
    page = await page.nextPage();
    show(`forth ${n}`, page);
  }
  await call("next of the last", page.nextPage());

  show("backwards from 100", await room.getMessages(10, 100));
  show("forward from 100", await room.getMessages(10, 100, "forward"));
  show("forward without anchor", await room.getMessages(5, undefined, "forward"));
  show("anchor beyond the end, backwards", await room.getMessages(5, 1000));
  show("anchor beyond the end, forward", await room.getMessages(5, 1000, "forward"));
  show("one", await room.getMessages(1));
  const whole = await room.getMessages(100);
  show("a hundred", whole);
  trace("same objects", whole.items.at(-1) === (await room.getMessages(1)).items[0]);
  await call("size 0", room.getMessages(0));
};
