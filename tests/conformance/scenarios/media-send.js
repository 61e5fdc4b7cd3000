/** One medium a message: by form, Blob, text; what the other side sees, and what comes back from its address. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, trace, quiet } = world;
  const { hers } = await twoInARoom(world);
  const form = (...parts) => {
    const made = new FormData();
    for (const part of parts) made.append(...part);
    return made;
  };
  const bytes = new Uint8Array(300).map((_, index) => index);
  const tries = {
    blob: { contentType: "image/png", media: new Blob([bytes], { type: "text/html" }), filename: "a b ü+&~*.png" },
    "blob without a name": { contentType: "text/plain", media: new Blob(["Grüße"]) },
    "empty blob": { contentType: "text/plain", media: new Blob([]) },
    text: { contentType: "text/plain", media: "Grüße 👋🏽 \u0000", filename: "note.txt" },
    bytes: { contentType: "application/octet-stream", media: bytes },
    "a buffer": { contentType: "application/octet-stream", media: bytes.buffer.slice(10, 20), filename: "" },
    "typed JSON": { contentType: "application/json; charset=utf-8", media: new Blob(['{"a":1}']) },
    form: form(["file", new Blob([bytes], { type: "image/gif" }), 'picture "1" ü.gif']),
    "form with a nameless file": form(["file", new Blob(["content"])]),
    "form with a text first": form(["note", "words"], ["file", new File(["a,b"], "table.csv", { type: "text/csv" })]),
    "form with two files": form(["one", new File(["1"], "1.txt")], ["two", new File(["2"], "2.txt")]),
  };
  let count = 0;
  for (const [label, content] of Object.entries(tries)) {
    await call(`send ${label}`, hers.sendMessage(content, { count }, { subject: "ignored" }));
    const message = await until("bob", "messageAdded", () => true, ++count);
    for (const media of message.attachedMedia) {
      const answer = await fetch(await media.getContentTemporaryUrl());
      const content = [...new Uint8Array(await answer.arrayBuffer())].join(" ");
      trace("content", [answer.status, answer.headers.get("content-type"), content]);
    }
    await quiet();
  }
  await call("her page", hers.getMessages(3));
  await call("an edit", (await hers.getMessages(1)).items[0].updateAttributes({ seen: true }));
  await until("bob", "messageUpdated");
};
