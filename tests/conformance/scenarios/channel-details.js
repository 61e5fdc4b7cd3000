/** What messages of other channels have more: metadata, recipients and pages of them, bodies and history of e-mails. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, trace, quiet, emulator, sdk } = world;
  const { hers } = await twoInARoom(world);
  await hers.addNonChatParticipant("desk@example.org", "eve@example.com", {}, { email: { name: "Eve", level: "cc" } });
  await hers.addNonChatParticipant("desk@example.org", "fay@example.com");
  await until("bob", "participantJoined", () => true, 2);
  await quiet();
  const receive = async (times, body, more) => {
    await emulator.inbound("eve@example.com", "desk@example.org", body, more);
    await until("bob", "messageAdded", () => true, times);
    const message = await until("alice", "messageAdded", () => true, times);
    await quiet();
    return message;
  };
  const told = await receive(1, null, {
    subject: "Re: order",
    channelMetadata: { type: "email", data: { id: 7, deep: { er: [null, 1] } } },
    recipients: [{ address: "desk@example.org", name: "Desk" }, { type: "pigeon", ring: 4.5, names: ["ü", null] }],
    media: [
      { contentType: "text/plain", text: "grüße", category: "body" },
      { contentType: "text/html", text: "<p>grüße</p>", category: "body" },
      { contentType: "text/plain", text: "> before", category: "history" },
      { contentType: "image/png", base64: "iVBO", filename: "a.png" },
    ],
  });
  const odd = await receive(2, "odd", { channelMetadata: { type: "sms", data: "text" } });

  // -- metadata
  const metadata = await call("metadata", told.getChannelMetadata());
  trace("its class", [metadata instanceof sdk.ChannelMetadata, Object.keys(metadata)]);
  trace("frozen", [Object.isFrozen(metadata.data), Object.isFrozen(metadata.data.deep)]);
  await emulator.fault({ on: "request", action: "respond", status: 403, path: "ChannelMetadata", times: 6 });
  await call("kept", told.getChannelMetadata());
  await call("not allowed", odd.getChannelMetadata());
  await call("allowed", odd.getChannelMetadata());
  await call("none", async () => (await hers.sendMessage("plain"), null));
  const plain = await until("alice", "messageAdded", () => true, 3);
  await until("bob", "messageAdded", () => true, 3);
  await call("of chat", plain.getChannelMetadata());
  await emulator.fault({
    on: "request", action: "respond", status: 404, path: "ChannelMetadata", body: { code: 50530, status: 404 },
  });
  const lost = await receive(4, "lost", { channelMetadata: { type: "sms", data: null } });
  await call("gone meanwhile", lost.getChannelMetadata());
  await call("still gone", lost.getChannelMetadata());

  // -- e-mails
  await call("parts", ["text/plain", "text/html", "text/css"].map((type) => [told.getEmailBody(type), told.getEmailHistory(type)]));
  trace("attached", told.attachedMedia.length);
  const texts = async () =>
    (await told.getTemporaryContentUrlsForMedia([told.getEmailBody(), told.getEmailHistory()])).values();
  await call("their texts", async () => Promise.all([...(await texts())].map(async (url) => (await fetch(url)).text())));

  // -- recipients
  const recipients = await call("recipients", told.getMessageRecipients());
  trace("their classes", [
    recipients[0] instanceof sdk.EmailRecipientDescriptor, recipients[1] instanceof sdk.UnknownRecipientDescriptor,
  ]);
  trace("own fields", recipients.map((one) => Object.keys(one)));
  await call("of what was sent", plain.getMessageRecipients());
  const first = await call("a page", hers.getMessageRecipients({ pageSize: 1 }));
  trace("its class", [first instanceof sdk.RestPaginator, first.items === first.items]);
  await call("before it", first.prevPage());
  const second = await call("after it", first.nextPage());
  await call("back", second.prevPage());
  await call("at the end", second.nextPage().then((page) => page.nextPage()));
  for (const options of [undefined, null, {}, { pageSize: 2 }, 5, "2", { other: 1 }]) {
    await call(`paged by ${JSON.stringify(options)}`, async () => (await hers.getMessageRecipients(options)).items.length);
  }
  await call("after reading pages again", told.getMessageRecipients());
  await call("not a size", hers.getMessageRecipients({ pageSize: -1 }));
  await call("one argument too many", async () => (await hers.getMessageRecipients({}, 1)).items.length);

  // -- what holds no more than it is told to
  const options = { channelMetadataCacheCapacity: 1, messageRecipientsCacheCapacity: 1 };
  await hers.add("carol");
  const again = await world.ready("carol", 1, { options });
  const theirs = (await (await again.getConversationByUniqueName("room")).getMessages()).items;
  for (const message of [...theirs, ...theirs]) {
    await call(`again ${message.index}`, async () => [await message.getChannelMetadata(), (await message.getMessageRecipients()).length]);
  }
  await quiet();
};
