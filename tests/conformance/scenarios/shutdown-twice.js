/** A client that is shut down by two parts of an application at once. */
export default async ({ ready, trace, outcome, quiet, pause, emulator }) => {
  await emulator.seed({ users: [{ identity: "alice" }] });
  const alice = await ready("alice", 0, { events: ["initialized"] });
  const ends = await Promise.all([outcome(alice.shutdown()), outcome(alice.shutdown())]);
  trace("both", ends);
  await pause(300);
  await quiet();
  trace("state", alice.connectionState);
  trace("once more", await outcome(alice.shutdown()));
};
