/** A page listens to a conversation, and ceases to, while its client tells of the conversation's event. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { trace, call, quiet } = world;
  const { bob, hers, his } = await twoInARoom(world, { events: ["initialized", "conversationJoined"] });
  const heard = [];
  const leaving = (message) => heard.push(`leaving ${message.body}`);
  his.on("messageAdded", leaving);
  bob.once("messageAdded", (message) => {
    heard.push(`client ${message.body}`);
    his.on("messageAdded", (later) => heard.push(`conversation ${later.body}`));
    his.onceWithReplay("messageAdded", (last) => heard.push(`replayed ${last.body}`));
    his.off("messageAdded", leaving);
  });
  for (const body of ["one", "two"]) {
    await call("send", hers.sendMessage(body));
    await quiet();
  }
  trace("heard", heard);
};
