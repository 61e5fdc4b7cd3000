/** An object of each class of an SDK, by the ways on which a page comes by it. */

const ask = async (method, path, body) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  return answer.json();
};

/** `{objects, lacking, end}`: by class name; why there is none of a class; and the way to leave. */
export async function harvest(sdk) {
  await ask("POST", "/emulator/reset", { seed: 1 });
  await ask("POST", "/emulator/seed", {
    users: [{ identity: "alice" }, { identity: "bob" }],
    contentTemplates: [{ friendlyName: "a template", variables: { 1: "y" }, types: { "twilio/text": { body: "{{1}}" } } }],
  });
  const { token } = await ask("GET", "/token?identity=alice");
  const client = new sdk.Client(token, { Twilsock: { uri: `ws://${location.host}/v3/wsconnect` }, logLevel: "silent" });
  await new Promise((resolve, reject) => {
    client.on("initialized", resolve);
    client.on("initFailed", ({ error }) => reject(new Error(error?.message)));
  });
  const room = await client.createConversation({ uniqueName: "room" });
  await room.join();
  await room.prepareMessage().addMedia({ contentType: "text/plain", media: new Blob(["x"]) }).buildAndSend();
  await room.addNonChatParticipant("desk@example.org", "eve@example.com", {}, { email: { name: "Eve", level: "to" } });
  await room.sendMessage("to a mailbox");
  await ask("POST", "/emulator/inbound", {
    from: "eve@example.com", to: "desk@example.org", body: "from a mailbox",
    channelMetadata: { type: "email", data: {} }, recipients: [{ type: "pigeon" }],
  });
  const page = await room.getMessages();
  const [message, sent, received] = page.items;
  const ways = {
    Client: () => client,
    Conversation: () => room,
    Message: () => message,
    Media: () => message.attachedMedia[0],
    Participant: async () => (await room.getParticipants())[0],
    User: () => client.user,
    Paginator: () => page,
    RestPaginator: () => room.getMessageRecipients(),
    AggregatedDeliveryReceipt: () => sent.aggregatedDeliveryReceipt,
    DetailedDeliveryReceipt: async () => (await sent.getDetailedDeliveryReceipts())[0],
    EmailRecipientDescriptor: async () => (await sent.getMessageRecipients())[0],
    UnknownRecipientDescriptor: async () => (await received.getMessageRecipients())[0],
    ChannelMetadata: () => received.getChannelMetadata(),
    MessageBuilder: () => room.prepareMessage(),
    UnsentMessage: () => {
      const builder = room.prepareMessage().setBody("x");
      builder.setContentTemplate("HX", [new sdk.ContentTemplateVariable("1", "y")]);
      return builder.build();
    },
    ContentTemplate: async () => (await client.getContentTemplates())[0],
    ContentTemplateVariable: () => new sdk.ContentTemplateVariable("1", "y"),
    PushNotification: () =>
      client.parsePushNotification({ data: { twi_message_type: "twilio.conversations.new_message", twi_body: "x" } }),
    CancellablePromise: () => new sdk.CancellablePromise(() => {}),
  };
  const objects = {};
  const lacking = {};
  for (const [name, way] of Object.entries(ways)) {
    try {
      const [made] = await within(10_000, () => boxed(way));
      objects[name] = made;
      if (sdk[name] && !(objects[name] instanceof sdk[name])) throw new Error(`it is not instanceof ${name}`);
    } catch (error) {
      delete objects[name];
      lacking[name] = error.message;
    }
  }
  return { objects, lacking, end: async () => void (await within(1000, async () => client.shutdown()).catch(() => {})) };
}

/** In an array, because a promise that is the object itself must not be waited for. */
async function boxed(way) {
  const made = way();
  return made?.constructor === Promise ? [await made] : [made];
}

function within(ms, work) {
  return Promise.race([work(), new Promise((_, reject) => setTimeout(reject, ms, new Error("it did not come")))]);
}
