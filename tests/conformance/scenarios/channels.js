/** Participants by SMS, WhatsApp and e-mail: who they are, who may add them, what they write, what is refused. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, trace, quiet, emulator } = world;
  const { hers, his } = await twoInARoom(world);
  const joined = async (times) => {
    await until("alice", "participantJoined", () => true, times);
    await until("bob", "participantJoined", () => true, times);
    await quiet();
  };
  await call("sms", hers.addNonChatParticipant("+15550199", "+15550100", { vip: true }));
  await joined(1);
  await call("whatsapp", hers.addNonChatParticipant("whatsapp:+15550199", "whatsapp:+15550100", undefined, null));
  await joined(2);
  const options = { email: { name: "Eve", level: "cc", other: 1 }, sms: {} };
  await call("e-mail", hers.addNonChatParticipant("desk@example.org", "eve@example.com", null, options));
  await joined(3);
  const all = await call("participants", his.getParticipants());
  const phone = all.find(({ type }) => type === "sms");
  await call("count", his.getParticipantsCount());
  await call("by sid", hers.getParticipantBySid(phone.sid));
  await call("its user", phone.getUser());
  await call("bob may not add", his.addNonChatParticipant("+15550199", "+15550101"));
  await call("bob may not change", phone.updateAttributes({ vip: false }));
  const hersOfPhone = await hers.getParticipantBySid(phone.sid);
  await call("alice may", hersOfPhone.updateAttributes({ vip: false }));
  await until("bob", "participantUpdated");
  await quiet();

  const tries = {
    "again": ["+15550199", "+15550100"],
    "mixed": ["+15550199", "eve@example.com"],
    "no address": ["+15550199", "five"],
    "nothing": [],
    "one": ["+15550199"],
    "empty": ["", ""],
    "numbers": [1, 2],
    "a function": ["+15550199", "+15550101", () => {}],
    "options of another kind": ["+15550199", "+15550101", {}, () => {}],
    "options that say nothing": ["+15550199", "+15550100", {}, "email"],
    "too many": ["+15550199", "+15550101", {}, {}, 1],
  };
  for (const [label, args] of Object.entries(tries)) await call(label, () => hers.addNonChatParticipant(...args));
  await quiet();

  await emulator.inbound("+15550100", "+15550199", "from a phone", { attributes: { k: 1 } });
  const message = await until("bob", "messageAdded");
  await until("alice", "messageAdded");
  await call("who wrote it", message.getParticipant());
  await call("sent", his.sendMessage("to everybody", {}, { subject: "about" }));
  await until("alice", "messageAdded", () => true, 2);
  await quiet();
  for (const { to, from, author, body, subject } of await emulator.outbox()) trace("left", [from, to, author, body, subject]);
  // Nobody is told who types in Apple's application: somebody does.
  await call("apple", hers.addNonChatParticipant("apple:desk", "apple:eve"));
  await joined(4);
  await call("typing", hers.typing());
  await until("bob", "typingStarted", () => true, 2);
  await call("done", hers.sendMessage("written"));
  await until("bob", "typingEnded");
  await quiet();

  await call("remove", hersOfPhone.remove());
  await until("bob", "participantLeft");
  await quiet();
  await call("can come back", hers.addNonChatParticipant("+15550199", "+15550100"));
  await joined(5);
};
