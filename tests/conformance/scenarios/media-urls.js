/** Temporary addresses, one by one and in sets, for client and message; and cancelling the asking. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, trace, quiet, emulator, client, sdk } = world;
  const { hers, alice, bob } = await twoInARoom(world);
  const builder = hers.prepareMessage().setEmailBody("text/plain", { contentType: "text/plain", media: "a body" });
  for (const media of ["one", "two"]) builder.addMedia({ contentType: "text/plain", media });
  await call("send", builder.buildAndSend());
  const message = await until("bob", "messageAdded");
  await quiet();
  const media = message.attachedMedia;
  const sids = media.map((one) => one.sid);
  const contents = async (urls) => {
    const found = [];
    for (const [sid, url] of urls) found.push([sids.indexOf(sid), await (await fetch(url)).text()]);
    return found;
  };
  trace("a cancellable promise", media[0].getContentTemporaryUrl() instanceof sdk.CancellablePromise);
  trace("first", await (await fetch(await media[0].getContentTemporaryUrl())).text());
  trace("body", await (await fetch(await message.getEmailBody().getContentTemporaryUrl())).text());
  const sets = {
    "of the message": () => message.getTemporaryContentUrlsForAttachedMedia(),
    "of media by the message": () => message.getTemporaryContentUrlsForMedia(media),
    "of sids by the message": () => message.getTemporaryContentUrlsForMediaSids([...sids].reverse()),
    "of media by the client": () => bob.getTemporaryContentUrlsForMedia(media),
    "of sids by the client": () => alice.getTemporaryContentUrlsForMediaSids(sids),
    "of one twice": () => bob.getTemporaryContentUrlsForMediaSids([sids[1], sids[1]]),
  };
  for (const [label, ask] of Object.entries(sets)) {
    const asked = ask();
    const urls = await asked;
    trace(label, [asked instanceof sdk.CancellablePromise, urls instanceof Map, await contents(urls)]);
  }
  trace("read anew", await message.attachTemporaryUrlsFor(media));
  await call("read nothing anew", message.attachTemporaryUrlsFor(null));
  const unknown = `ME${"0".repeat(32)}`;
  const tries = {
    "unknown": () => bob.getTemporaryContentUrlsForMediaSids([sids[0], unknown]),
    "nothing": () => bob.getTemporaryContentUrlsForMediaSids(),
    "an empty list": () => bob.getTemporaryContentUrlsForMediaSids([]),
    "a number": () => message.getTemporaryContentUrlsForMediaSids([sids[0], 5]),
    "no list": () => message.getTemporaryContentUrlsForMediaSids("ME"),
    "sids as media": () => message.getTemporaryContentUrlsForMedia(sids),
    "no media": () => bob.getTemporaryContentUrlsForMedia([]),
    "too much": () => bob.getTemporaryContentUrlsForMedia(media, 1),
  };
  for (const [label, ask] of Object.entries(tries)) {
    trace(`${label} can be cancelled`, typeof ask().catch(() => undefined).cancel === "function");
    await call(label, ask);
  }
  await call("a message without media", hers.sendMessage("text"));
  const plain = await until("bob", "messageAdded", () => true, 2);
  trace("it has none", [plain.attachedMedia, plain.media, plain.getEmailBody(), plain.getMediaByCategories(["media"])]);
  await call("its addresses", plain.getTemporaryContentUrlsForAttachedMedia());
  await quiet();

  await emulator.fault({ on: "media", action: "delay", delay: 2 });
  const asked = media[1].getContentTemporaryUrl();
  trace("cancel gives the promise", asked.cancel() === asked);
  await call("cancelled", asked);
  await emulator.request("DELETE", "/emulator/faults");
  const done = message.getTemporaryContentUrlsForAttachedMedia();
  await done;
  done.cancel();
  trace("cancelled too late", (await done).size);
  const starting = await client("carl", { as: "carl" });
  await call("before the start", starting.getTemporaryContentUrlsForMediaSids([unknown]));
  await until("carl", "initialized");
};
