/** Uploads that fail or are cancelled: nothing is sent, the reason is told, and it works afterwards. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, trace, quiet, emulator, pause, sdk } = world;
  const { hers, alice } = await twoInARoom(world);
  const text = (media) => ({ contentType: "text/plain", media });
  const form = new FormData();
  form.append("file", new Blob(["content"]), "a.txt");
  const failing = async (label, status, send) => {
    await emulator.fault({ on: "media", action: "respond", status });
    try {
      trace(`${label} →`, await send());
    } catch (error) {
      const { name, message, code, body } = error;
      trace(`${label} ✗`, [error instanceof Error, name, message, code, error.status, body, typeof error.headers]);
    }
  };
  await failing("text", 503, () => hers.sendMessage(text("x")));
  await failing("form", 413, () => hers.sendMessage(form));
  await failing("built", 429, () => hers.prepareMessage().addMedia(text("a")).addMedia(form).buildAndSend());
  await failing("unauthorised", 401, () => hers.sendMessage(text("x")));
  await failing("addresses", 500, () => alice.getTemporaryContentUrlsForMediaSids([`ME${"0".repeat(32)}`]));
  await emulator.fault({ on: "request", action: "respond", status: 403, path: "Messages", body: { code: 50430, status: 403 } });
  await call("uploaded, then refused", hers.sendMessage(text("x")));
  await quiet();
  await call("nothing was sent", hers.getMessagesCount());

  const unsent = hers.prepareMessage().addMedia(text("slow")).addMedia(new Blob(["x"]) && text("second")).build();
  await emulator.fault({ on: "media", action: "delay", delay: 2 });
  const sending = unsent.send();
  trace("a cancellable promise", sending instanceof sdk.CancellablePromise);
  await pause(300);
  trace("cancel gives the promise", sending.cancel() === sending);
  await call("cancelled", sending);
  await call("cancelled again", sending.cancel());
  unsent.send().cancel(); // its rejection need not be handled
  await pause(2200);
  await call("still nothing was sent", hers.getMessagesCount());
  await quiet();
  const again = unsent.send();
  await call("sent after all", again);
  trace("cancelling what is done", await again.cancel());
  await until("bob", "messageAdded");
  await quiet();

  await call("a new token", async () => typeof (await alice.updateToken(await emulator.token("alice", 1000))));
  await call("is used", hers.sendMessage(text("later")));
  await until("bob", "messageAdded", () => true, 2);
};
