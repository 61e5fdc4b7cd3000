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
  const settled = async (ms = 600) => {
    await pause(ms);
    await quiet();
  };
  await hers.sendMessage("first");
  await settled();
  // A message is lost, the next one comes; then the last one is lost.
  await fault("lose", "list_item_added");
  await hers.sendMessage("lost");
  await hers.sendMessage("after it");
  await settled();
  await fault("lose", "list_item_added");
  await hers.sendMessage("lost as the last one");
  await settled(2000);
  trace("he heard of", world.count("bob", "messageAdded"));
  trace("he reads", await bodies());
  // A newcomer is lost, the next one comes.
  await emulator.seed({ users: [{ identity: "carol" }, { identity: "dave" }] });
  await fault("lose", "map_item_added");
  await hers.add("carol");
  await hers.add("dave");
  await settled();
  trace("who is there", (await his.getParticipants()).map(({ identity }) => identity).sort());
  // Twice, and in another order.
  await fault("duplicate", "list_item_added");
  await hers.sendMessage("twice");
  await settled();
  await fault("reorder", "list_item_added", { by: 2, delay: 1 });
  await hers.sendMessage("late");
  await hers.sendMessage("early");
  await settled();
  await fault("duplicate", "list_item_removed");
  await (await hers.getMessages()).items[0].remove();
  await settled();
};
