/** The service tells of everything, but not everything arrives, or it arrives twice or late. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { emulator, quiet, trace, pause } = world;
  const events = [
    "initialized", "conversationJoined", "messageAdded", "messageRemoved", "messageUpdated", "participantJoined",
  ];
  const { hers, his } = await twoInARoom(world, { events });
  const fault = (action, path, more = {}) => emulator.fault({ on: "notification", action, identity: "bob", path, ...more });
  const bodies = async () => (await his.getMessages()).items.map(({ body }) => body);
  // What she hears is in order, so that identifiers get their names in the same order in every run.
  const say = async (text) => {
    await hers.sendMessage(text);
    await world.until("alice", "messageAdded", ({ body }) => body === text);
  };
  const settled = async () => {
    await pause(600);
    await quiet();
  };
  // One of the two never hears of all.
  const heard = async (event, times, within = 4000) => {
    for (const end = performance.now() + within; performance.now() < end && world.count("bob", event) < times; ) await pause(50);
    await quiet();
  };
  await say("first");
  await settled();
  // A message is lost, the next one comes; then the last one is lost.
  await fault("lose", "list_item_added");
  await say("lost");
  await say("after it");
  // The lost one must have come by its second way before the next fault, which would take that instead.
  await heard("messageAdded", 3, 2000);
  await fault("lose", "list_item_added");
  await say("lost as the last one");
  await heard("messageAdded", 4);
  trace("he heard of", world.count("bob", "messageAdded"));
  trace("he reads", await bodies());
  // A newcomer is lost, the next one comes.
  await emulator.seed({ users: [{ identity: "carol" }, { identity: "dave" }] });
  await fault("lose", "map_item_added");
  await hers.add("carol");
  await world.until("alice", "participantJoined");
  await hers.add("dave");
  await heard("participantJoined", 2);
  trace("who is there", (await his.getParticipants()).map(({ identity }) => identity).sort());
  // Twice, and in another order.
  await fault("duplicate", "list_item_added");
  await say("twice");
  await settled();
  await fault("reorder", "list_item_added", { by: 2, delay: 1 });
  await say("late");
  await say("early");
  await settled();
  await fault("duplicate", "list_item_removed");
  await (await hers.getMessages()).items[0].remove();
  await settled();
};
