/** Receipts: in sum and in events, one by one over several pages, with errors, told by a script and by the clock. */
export default async ({ ready, call, until, count, trace, quiet, emulator, sdk }) => {
  const phones = Array.from({ length: 21 }, (_, index) => `+155501${String(index).padStart(2, "0")}`);
  await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [
      {
        uniqueName: "room", createdBy: "alice",
        participants: ["alice", "bob", ...phones.map((address) => ({ address, proxyAddress: "+15550199" }))],
      },
      { uniqueName: "chat", createdBy: "alice", participants: ["alice"], messages: ["among ourselves"] },
    ],
  });
  const alice = await ready("alice", 2);
  await ready("bob", 1);
  const room = await alice.getConversationByUniqueName("room");
  const plain = (await (await alice.getConversationByUniqueName("chat")).getMessages()).items[0];
  trace("no receipt", plain.aggregatedDeliveryReceipt);
  await call("no receipts", plain.getDetailedDeliveryReceipts());
  await quiet();

  await call("sent", room.sendMessage("hello"));
  const message = await until("alice", "messageAdded");
  await until("bob", "messageAdded");
  await quiet();
  const sum = message.aggregatedDeliveryReceipt;
  trace("at first", [sum instanceof sdk.AggregatedDeliveryReceipt, sum]);
  const heard = async (work, times = 1) => {
    const before = ["alice", "bob"].map((who) => [who, count(who, "messageUpdated")]);
    await work();
    for (const [who, seen] of before) await until(who, "messageUpdated", () => true, seen + times);
    await quiet();
  };
  const report = (status, more = {}) => emulator.receipts({ message: message.sid, ...more }, status);
  await heard(() => report("sent", { participant: phones[0] }));
  await heard(() => report("failed", { participant: phones[1], errorCode: 30008 }));
  await heard(() => report("undelivered", { participant: phones[2], errorCode: 30003 }));
  await heard(() => report("read", { participant: phones[3] }));
  trace("the same object", sum === message.aggregatedDeliveryReceipt);
  trace("which says more", sum);
  const all = await call("one by one", message.getDetailedDeliveryReceipts());
  trace("an array of its class", [all instanceof Array, all.every((one) => one instanceof sdk.DetailedDeliveryReceipt)]);
  trace("own fields", Object.keys(all[0]));

  const body = { code: 50430, status: 403 };
  await emulator.fault({ on: "request", action: "respond", status: 403, path: "Receipts", skip: 1, body });
  await quiet();
  await call("no second page", async () => (await message.getDetailedDeliveryReceipts()).length);
  await emulator.fault({ on: "request", action: "respond", status: 503, path: "Receipts" });
  await quiet();
  await call("busy, then not", async () => (await message.getDetailedDeliveryReceipts()).length);

  await emulator.inbound(phones[0], "+15550199", "an answer");
  const answer = await until("alice", "messageAdded", () => true, 2);
  await until("bob", "messageAdded", () => true, 2);
  trace("to the others", answer.aggregatedDeliveryReceipt.total);
  // Twenty receipts, three steps: some and then all of them.
  await heard(async () => {
    await emulator.deliverEvery(60);
    await emulator.advance(120);
  }, 4);
  trace("by the clock", [answer.aggregatedDeliveryReceipt, sum]);
};
