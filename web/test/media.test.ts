/** Media on the page: what crosses when they are sent, what messages show of them, and cancelling. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CLIENT, connected, conversation, event, type FakeCore, message, ref, settle } from "./fake-core.js";

type Any = any;

async function room(): Promise<{ core: FakeCore; client: Any; found: Any }> {
  const { core, client } = await connected();
  let found: Any;
  client.on("conversationAdded", (added: Any) => (found = added));
  core.tell(conversation(1), event(CLIENT, "conversationAdded", ref(1)));
  return { core, client, found };
}

const bytes = (content: unknown): string => Buffer.from((content as { v: string }).v, "base64").toString("latin1");

test("contents cross as bytes, with their type", async () => {
  const { core, found } = await room();
  const tries: [Any, object, string][] = [
    [{ contentType: "text/plain", media: "ü", filename: "f" }, { contentType: "text/plain", filename: "f" }, "\xc3\xbc"],
    [{ contentType: "a/b", media: new Uint8Array([0, 255]) }, { contentType: "a/b" }, "\x00\xff"],
    [{ contentType: "a/b", media: new Uint8Array([1, 2]).buffer }, { contentType: "a/b" }, "\x01\x02"],
    [{ contentType: "a/b", media: new Blob(["blob"], { type: "c/d" }) }, { contentType: "a/b" }, "blob"],
    [{ contentType: "a/b", media: new Uint8Array(100_000) }, { contentType: "a/b" }, "\0".repeat(100_000)],
  ];
  for (const [content, description, data] of tries) {
    const sent = found.sendMessage(content, { n: 1 });
    await settle();
    const call: Any = core.last("call");
    assert.equal(call.method, "$sendMedia");
    assert.deepEqual(call.args[0], description);
    assert.equal(bytes(call.args[1]), data);
    assert.deepEqual(call.args[2], { n: 1 });
    core.tell({ op: "answer", id: call.id, value: 7 });
    assert.equal(await sent, 7);
  }
});

test("a form crosses as browsers write it", async () => {
  const { core, found } = await room();
  const form = new FormData();
  form.append("file", new Blob(["content"], { type: "text/csv" }), "a.csv");
  void found.sendMessage(form);
  await settle();
  const [description, data]: Any = core.last("call")["args"];
  assert.match(description.contentType, /^multipart\/form-data; boundary=/);
  assert.equal(description.form, true);
  assert.match(bytes(data), /filename="a.csv"\r\nContent-Type: text\/csv\r\n\r\ncontent\r\n/);
});

test("the builder sends its parts in order, e-mail parts last", async () => {
  const { core, found } = await room();
  const part = (text: string) => ({ contentType: null, media: text });
  const builder = found.prepareMessage().setEmailHistory("text/plain", part("h")).setEmailBody("text/html", part("b"));
  void builder.addMedia({ contentType: "a/b", media: new Blob(["m"]) }).setBody("text").buildAndSend();
  await settle();
  const call: Any = core.last("call");
  const text = { contentType: "text/plain;charset=UTF-8" };
  const media = [["media", { contentType: "a/b" }], ["body", text], ["history", text]];
  assert.deepEqual(call.args[0], { body: "text", attributes: {}, media });
  assert.deepEqual(call.args.slice(1).map(bytes), ["m", "b", "h"]);
});

test("the builder refuses what the service would", async () => {
  const { found } = await room();
  const one = { contentType: "a/b", media: "x" };
  const builder = () => found.prepareMessage();
  assert.throws(() => builder().addMedia(5), /an instance of FormData or valid send media options/);
  assert.throws(() => builder().addMedia({ contentType: "", media: "x" }), /must contain non-empty/);
  assert.throws(() => builder().setEmailBody("text/csv", one).build(), /Unsupported email body content type text\/csv/);
  assert.throws(() => builder().setEmailHistory("text/html", one).build(), /Unsupported email history content type/);
  assert.throws(() => builder().addMedia(one).addMedia(one).addMedia(one).build(), /Too many media .* \(3 > 2\)/);
});

test("cancelling: before the content is read nothing is sent, after that the core is told", async () => {
  const { core, found } = await room();
  const unsent = found.prepareMessage().addMedia({ contentType: "a/b", media: new Blob(["m"]) }).build();
  const early = unsent.send();
  assert.equal(early.cancel(), early);
  await assert.rejects(early, /^Error: Promise was cancelled$/);
  await settle();
  assert.ok(!core.sent.some((one) => one.op === "call"));
  const late = unsent.send();
  await settle();
  late.cancel();
  await settle();
  assert.equal(core.last("cancel")["id"], core.last("call")["id"]);
  await assert.rejects(late, /cancelled/);
});

test("a message shows its media, and asks for their addresses", async () => {
  const { core, client, found } = await room();
  const media = (handle: number, category: string) => ({
    op: "add", client: CLIENT, target: handle, class: "Media",
    state: { sid: `ME${handle}`, category, contentType: "text/plain", filename: null, size: 1 },
  });
  let got: Any;
  found.on("messageAdded", (one: Any) => (got = one));
  core.tell(
    media(11, "media"), media(12, "body"),
    message(3, 1, { media: null, _allMedia: [ref(11), ref(12)] }), event(1, "messageAdded", ref(3)),
  );
  assert.deepEqual(got.attachedMedia.map((one: Any) => one.sid), ["ME11"]);
  assert.ok(got.attachedMedia[0] instanceof core.facade.Media);
  assert.equal(got.attachedMedia[0], got.getMediaByCategory(["media"])[0]);
  assert.equal(got.getEmailBody().sid, "ME12");
  assert.equal(got.getEmailHistory(), null);
  assert.throws(() => got.getEmailBody(""), /a non-empty string or of type undefined, but got ""/);
  assert.equal(got._allMedia, undefined);
  assert.ok(!JSON.stringify(got).includes("ME11"));
  const urls = client.getTemporaryContentUrlsForMedia(got.attachedMedia);
  assert.equal(typeof urls.cancel, "function");
  await settle();
  const call: Any = core.last("call");
  assert.deepEqual(call.args, [[ref(11)]]);
  core.tell({ op: "answer", id: call.id, value: { ME11: "http://there" } });
  assert.deepEqual([...(await urls)], [["ME11", "http://there"]]);
  const refused = got.getTemporaryContentUrlsForMediaSids([]);
  assert.equal(refused.cancel, undefined);
  await assert.rejects(refused, /a non-empty array of strings, but got instance of Array/);
  const lost = (got.attachedMedia as Any)[0].getContentTemporaryUrl();
  await settle();
  core.tell({ op: "answer", id: (core.last("call") as Any).id, error: { name: "Error", message: "bare", text: true } });
  await assert.rejects(lost, (reason) => reason === "bare");
});

test("how far uploads are is told to who asked, and only then asked of the core", async () => {
  const { core, found } = await room();
  const heard: unknown[] = [];
  const builder = found.prepareMessage().addMedia({ contentType: "text/plain", media: "x" });
  assert.throws(() => builder.onUploadProgress("x"), /takes a function/);
  const quiet = builder.build().send();
  await settle();
  const unasked: Any = core.last("call");
  assert.equal("progress" in unasked, false);
  core.tell({ op: "progress", id: unasked.id, value: {} }, { op: "answer", id: unasked.id, value: 1 });
  await quiet;
  const sent = builder.onUploadProgress((progress: unknown) => heard.push(progress)).build().send();
  await settle();
  const call: Any = core.last("call");
  assert.equal(call.progress, true);
  const progress = { category: "media", index: 0, count: 1, loaded: 1, total: 1 };
  core.tell({ op: "progress", id: call.id, value: progress }, { op: "answer", id: call.id, value: 2 });
  assert.equal(await sent, 2);
  core.tell({ op: "progress", id: call.id, value: progress });
  assert.deepEqual(heard, [progress]);
});
