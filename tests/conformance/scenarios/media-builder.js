/** Several media in one message, with the parts of an e-mail; categories; what the builder refuses. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, trace, quiet, sdk } = world;
  const { hers } = await twoInARoom(world);
  const text = (media, contentType = "text/plain") => ({ contentType, media });
  const form = new FormData();
  form.append("file", new File(["from a form"], "form.txt", { type: "text/plain" }));

  const builder = hers.prepareMessage().setBody("see these").setSubject("files").setAttributes({ n: 3 });
  builder.addMedia(text("one")).addMedia(form).addMedia({ ...text(new Blob(["three"])), filename: "3.txt" });
  builder.setEmailHistory("text/plain", text("history"));
  builder.setEmailBody("text/html", text("<p>body", "text/html")).setEmailBody("text/plain", text("first"));
  builder.setEmailBody("text/plain", text("last"));
  const unsent = builder.build();
  trace("unsent", [unsent instanceof sdk.UnsentMessage, unsent.text, unsent.attributes, unsent.emailOptions]);
  trace("parts", unsent.mediaContent.map(([category, content]) => [category, content instanceof FormData]));
  await call("send", unsent.send());
  const message = await until("bob", "messageAdded");
  for (const categories of [["media"], ["body"], ["history"], ["body", "history"], [], ["other"]]) {
    trace(`categories ${categories}`, message.getMediaByCategories(categories));
  }
  trace("by the old name", message.getMediaByCategory(["history"]));
  trace("the same objects", message.attachedMedia[0] === message.attachedMedia[0]);
  trace("bodies", [message.getEmailBody(), message.getEmailBody("text/html"), message.getEmailBody("a/b")]);
  trace("histories", [message.getEmailHistory(), message.getEmailHistory("text/html")]);
  await call("getEmailBody('')", () => message.getEmailBody(""));
  await call("getEmailHistory(5)", () => message.getEmailHistory(5));
  await quiet();

  await call("send again: parts are uploaded again", unsent.send());
  await until("bob", "messageAdded", () => true, 2);
  await quiet();
  await call("e-mail parts alone", hers.prepareMessage().setEmailBody("text/plain", text("b")).buildAndSend());
  trace("type", (await until("bob", "messageAdded", () => true, 3)).type);
  await quiet();
  const untyped = { contentType: null, media: "no type" };
  await call("parts without a type", hers.prepareMessage().setEmailBody("text/plain", untyped).buildAndSend());
  trace("body", (await until("bob", "messageAdded", () => true, 4)).getMediaByCategories(["body"]));
  await quiet();

  const many = hers.prepareMessage();
  for (let number = 0; number < 10; number++) many.addMedia(text(`${number}`));
  await call("ten", many.buildAndSend());
  await until("bob", "messageAdded", () => true, 5);
  await quiet();
  await call("eleven", () => many.addMedia(text("11")).build());
  await call("limits", hers.limits);
  const start = () => hers.prepareMessage();
  await call("a body of a wrong type", () => start().setEmailBody("text/csv", text("x")).build());
  await call("a history of a wrong type", () => start().setEmailHistory("text/html", text("x")).build());
  const wrong = {
    nothing: undefined, number: 5, text: "text", null: null, array: [], empty: {}, "no media": { contentType: "a/b" },
    "no type": { media: "x" }, "type is a number": { contentType: 5, media: "x" },
    "media is a number": { contentType: "a/b", media: 5 }, "media is null": { contentType: "a/b", media: null },
    "bytes": { contentType: "a/b", media: new Uint8Array(1) }, "a name of a wrong type": { ...text("x"), filename: 5 },
    "empty type": { contentType: "", media: "x" }, "null type": { contentType: null, media: "x" },
    "empty media": { contentType: "a/b", media: "" },
  };
  for (const [label, content] of Object.entries(wrong)) {
    await call(`addMedia ${label}`, () => void start().addMedia(content));
    await call(`setEmailBody ${label}`, () => void start().setEmailBody("text/plain", content));
    await call(`setEmailHistory ${label}`, () => void start().setEmailHistory("text/plain", content));
    await call(`sendMessage ${label}`, () => (typeof content === "string" || content === null ? 0 : hers.sendMessage(content)));
  }
  await quiet();
  await call("setEmailBody(5)", () => void start().setEmailBody(5, text("x")));
  await call("addMedia too much", () => void start().addMedia(text("x"), 1));
};
