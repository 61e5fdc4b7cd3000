/** Webhooks that are asked before something happens: they change it, refuse it, or do not answer. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, quiet, trace, emulator } = world;
  const { alice, bob, hers, his } = await twoInARoom(world);
  const pre = await emulator.receiver("pre", { body: { body: "decent", attributes: '{"was":"rude"}' }, times: 1 });
  await emulator.setWebhooks({ pre, post: await emulator.receiver("post") });
  await call("alice sends", hers.sendMessage("rude", { mine: true }));
  const message = await until("bob", "messageAdded");
  await quiet();
  trace("published", [message.body, message.attributes]);

  await emulator.receiver("pre", { status: 403 });
  await call("refused: send", hers.sendMessage("rude"));
  await call("refused: rename", hers.updateFriendlyName("rude"));
  await call("refused: attributes", hers.updateAttributes({ rude: true }));
  await call("refused: add", hers.add("carol"));
  await call("refused: leave", his.leave());
  await call("refused: remove a participant", hers.removeParticipant("bob"));
  await call("refused: create", alice.createConversation({ friendlyName: "rude" }));
  await call("refused: edit", (await hers.getMessages(1)).items[0].updateBody("rude"));
  await call("refused: user", bob.user.updateFriendlyName("rude"));
  await call("refused: delete", hers.delete());
  await quiet();

  await emulator.receiver("pre", { status: 500, times: 1 });
  await emulator.receiver("pre", { body: { attributes: "no JSON" }, times: 1 });
  await emulator.receiver("pre", { body: { friendly_name: "Decent" }, times: 1 });
  await emulator.receiver("pre");
  await call("an answer of 500", hers.sendMessage("x"));
  await call("an answer that breaks a rule", hers.sendMessage("x"));
  await call("another name", hers.updateFriendlyName("rude"));
  await until("bob", "conversationUpdated", ({ updateReasons }) => updateReasons.includes("friendlyName"));
  await quiet();
  await emulator.setWebhooks({ pre: `${pre}#rt=100`, post: "" });
  await emulator.receiver("pre", { status: 403, delay: 1 });
  await call("no answer in time", hers.sendMessage("published all the same"));
  await until("bob", "messageAdded", () => true, 2);
  await quiet();
  trace("webhooks", (await emulator.webhooks()).map(({ event, result }) => `${event} ${result}`).sort());
};
