/** Objects that an application was given and keeps: attributes that it changes itself, a last message that gets old. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { trace, quiet } = world;
  const { hers, his } = await twoInARoom(world, { events: ["initialized", "conversationJoined"] });
  await hers.updateAttributes({ a: 1 });
  await quiet();

  const reasons = { hers: [], his: [] };
  hers.on("updated", ({ updateReasons }) => reasons.hers.push(...updateReasons));
  his.on("updated", ({ updateReasons }) => reasons.his.push(...updateReasons));
  const { attributes } = hers;
  attributes.z = 1;
  await hers.updateAttributes(attributes);
  await quiet();
  trace("who has changed them hears of", reasons.hers.sort());
  trace("the other hears of", reasons.his.sort());
  trace("both have", [hers.attributes, his.attributes]);

  await hers.sendMessage("one");
  await quiet();
  const kept = his.lastMessage;
  const { index } = kept;
  await hers.sendMessage("two");
  await quiet();
  trace("the last message that was kept is as it was", kept.index === index);
  trace("the last message now", his.lastMessage.index);
};
