/** A page takes all listeners off an object: what its client still hears of it. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { trace, call, quiet } = world;
  // What the client hears is told at the end.
  const { bob, hers, his } = await twoInARoom(world, { events: ["initialized", "conversationJoined"] });
  await call("send", hers.sendMessage("one"));
  await quiet();
  const heard = [];
  for (const name of ["conversationUpdated", "participantUpdated", "messageAdded", "messageUpdated", "userUpdated"]) {
    bob.on(name, () => heard.push(name));
  }
  const heardOf = {};
  const seen = async (what) => {
    await quiet();
    heardOf[what] = [...new Set(heard.splice(0))].sort();
  };
  const participant = await his.getParticipantByIdentity("alice");
  const message = (await his.getMessages()).items[0];

  participant.removeAllListeners();
  await call("change the participant", (await hers.getParticipantByIdentity("alice")).updateAttributes({ seat: 1 }));
  await seen("participant");
  message.removeAllListeners();
  await call("edit", (await hers.getMessages()).items[0].updateBody("edited"));
  await seen("message");
  his.removeAllListeners("messageAdded");
  await call("send again", hers.sendMessage("two"));
  await seen("newMessage");
  his.removeAllListeners();
  await call("rename", hers.updateFriendlyName("Renamed"));
  await seen("conversation");
  bob.user.removeAllListeners();
  await call("rename himself", bob.user.updateFriendlyName("Bob"));
  await seen("user");
  trace("counts", [his, message, participant, bob.user].map((one) => one.eventNames().length));
  trace("the client heard", heardOf);
};
