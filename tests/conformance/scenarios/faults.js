/** What goes wrong on the way: malformed packets, doubled notifications, refusals of the transport, a late line. */
export default async ({ ready, until, call, trace, quiet, emulator }) => {
  const { conversations } = await emulator.seed({
    users: [{ identity: "alice" }, { identity: "bob" }],
    conversations: [{ uniqueName: "room", createdBy: "bob", participants: ["alice", "bob"], messages: [] }],
  });
  const alice = await ready("alice", 1);
  const room = await alice.getConversationByUniqueName("room");
  await quiet();
  const ways = ["bad_magic", "bad_version", "bad_header", "truncated", "wrong_length", "bad_payload", "empty"];
  for (const how of [...ways, "unknown_method"]) {
    await emulator.fault({ on: "connection", action: "malform", how });
  }
  await emulator.say(conversations.room, "bob", ["after what is no packet"]);
  await until("alice", "messageAdded");
  await emulator.fault({ on: "notification", action: "duplicate", path: "list_item", times: 2 });
  await emulator.say(conversations.room, "bob", ["doubled"]);
  await until("alice", "messageAdded", () => true, 2);
  await quiet();
  await emulator.fault({ on: "request", action: "refuse", status: 429, method: "POST", path: "/Messages$", backoff_ms: 100 });
  await call("refused by the transport", room.sendMessage("too much"));
  await emulator.fault({ on: "network", action: "delay", delay: 0.05, jitter: 0.02 });
  await call("over a slow line", room.sendMessage("slow"));
  await until("alice", "messageAdded", () => true, 3);
  await emulator.request("DELETE", "/emulator/faults");
  await emulator.fault({ on: "init", action: "expire", identity: "alice" });
  await emulator.drop("alice");
  await until("alice", "connectionStateChanged", (state) => state === "connecting", 2);
  await emulator.say(conversations.room, "bob", ["meanwhile"]);
  await until("alice", "messageAdded", () => true, 4);
  await quiet();
  trace("connected", alice.connectionState);
};
