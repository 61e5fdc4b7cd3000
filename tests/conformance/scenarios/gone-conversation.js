/** What can be done with the object of a conversation that was left, or deleted. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { trace, until, quiet } = world;
  const events = ["initialized", "conversationJoined", "conversationLeft", "conversationRemoved", "messageAdded"];
  const { hers, his } = await twoInARoom(world, { events });
  await hers.sendMessage("one");
  await until("bob", "messageAdded");
  await quiet();
  const failure = (promise) =>
    promise.then(() => "none", ({ name, code = 0, status = 0 }) => `${name} ${code} ${status}`);
  const tries = {
    getMessages: (room) => room.getMessages(),
    getParticipants: (room) => room.getParticipants(),
    setAllMessagesRead: (room) => room.setAllMessagesRead(),
    advanceLastReadMessageIndex: (room) => room.advanceLastReadMessageIndex(0),
  };
  await his.leave();
  await until("bob", "conversationLeft");
  await quiet();
  for (const [name, attempt] of Object.entries(tries)) trace(`left: ${name}:`, await failure(attempt(his)));
  trace("left: friendlyName", his.friendlyName);
  await hers.delete();
  await until("alice", "conversationRemoved");
  await quiet();
  for (const [name, attempt] of Object.entries(tries)) trace(`deleted: ${name}:`, await failure(attempt(hers)));
};
