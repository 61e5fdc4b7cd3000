/** Requests that the service has not answered when the client is shut down, and what stays on the window. */
export default async ({ ready, trace, outcome, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{ uniqueName: "room", createdBy: "alice", participants: ["alice"] }],
  });
  const listening = new Map();
  const { addEventListener, removeEventListener } = window;
  const count = (step, original) =>
    function (type, ...rest) {
      listening.set(type, (listening.get(type) ?? 0) + step);
      return original.call(this, type, ...rest);
    };
  window.addEventListener = count(1, addEventListener);
  window.removeEventListener = count(-1, removeEventListener);
  try {
    const alice = await ready("alice", 1);
    const room = await alice.getConversationByUniqueName("room");
    await emulator.fault({ on: "request", action: "ignore", times: 2, method: "POST", path: "/Messages$" });
    const sends = [room.sendMessage("one"), room.sendMessage("two")].map((sending) => outcome(sending));
    await quiet();
    await alice.shutdown();
    for (const end of sends) trace("sent in vain", await end);
    await quiet();
    trace("left on the window", [...listening].filter(([, left]) => left > 0).map(([type]) => type));
  } finally {
    Object.assign(window, { addEventListener, removeEventListener });
  }
};
