/** JSON files arrive as they were sent. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { hers } = await twoInARoom(world, { events: ["initialized", "conversationJoined"] });
  const contents = { text: '{"a":1}', blob: new Blob(['{"a":1}']) };
  for (const [label, media] of Object.entries(contents)) {
    await hers.sendMessage({ contentType: "application/json", media });
    await world.pause(500);
    const { items } = await hers.getMessages(1);
    const url = await items[0].attachedMedia[0].getContentTemporaryUrl();
    world.trace(label, await (await fetch(url)).text());
  }
};
