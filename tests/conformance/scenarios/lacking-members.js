/** Answers of the service that lack members, or have null there: what is said arrives all the same, in an order that is known. */
import { twoInARoom } from "../page/rooms.js";

const TEMPLATE = { friendly_name: "f", variables: "{}", variants: {}, date_created: "2024-01-01T00:00:00Z", date_updated: "2024-01-01T00:00:00Z" };
const KINDS = ["text", "media", "location", "quick-reply", "list-picker", "card"];
const ACTIONS = [{ type: "URL" }, { type: "PHONE_NUMBER" }, { type: "QUICK_REPLY" }, {}, { type: "URL", title: null, url: null }];

export default async (world) => {
  const { call, until, trace, quiet, pause, emulator } = world;
  const { alice, hers } = await twoInARoom(world);
  await hers.addNonChatParticipant("+15550199", "+15550100");
  await until("bob", "participantJoined");
  await quiet();
  await emulator.inbound("+15550100", "+15550199", "hi", { channelMetadata: { type: "sms", data: 1 } });
  await until("bob", "messageAdded");
  const message = await until("alice", "messageAdded");
  await quiet();
  const answered = async (path, body, work, more = {}) => {
    await emulator.fault({ on: "request", action: "respond", status: 200, path, body, ...more });
    try {
      return await work();
    } finally {
      await emulator.request("DELETE", "/emulator/faults");
    }
  };
  /** The words are the engine's own under the official SDK. */
  const refused = (label, path, body, work) =>
    answered(path, body, async () => trace(label, await work().then(() => "given", () => "refused")));

  // -- templates; a list that was given is kept for five seconds, so it comes last
  const templates = () => alice.getContentTemplates();
  const list = (...some) => ({ templates: some.map((one) => ({ ...TEMPLATE, ...one })), meta: { next_token: null } });
  for (const broken of [
    { variables: undefined }, { variables: "{" }, { variants: null }, { variants: { "twilio/text": null } },
    { variants: { "twilio/call-to-action": {} } },
  ]) {
    await refused(`templates ${JSON.stringify(broken)}`, "ContentTemplates", list(broken), templates);
  }
  const several = list(
    { sid: "HX1", variables: '{"2":"b","10":"c","1":"a","x":"y","01":"z","4294967295":"w","4294967294":"v"}' },
    { variants: Object.fromEntries(KINDS.map((kind) => [`twilio/${kind}`, {}])) },
    { variants: { "twilio/text": { body: null }, "twilio/location": { label: null }, "twilio/card": { title: null, media: null } } },
    { variants: { "twilio/call-to-action": { body: "b", actions: ACTIONS } } },
    { friendly_name: undefined, date_created: undefined, date_updated: undefined },
  );
  const found = await call("templates", () => answered("ContentTemplates", several, templates));
  trace("their members", found.map((one) => [Object.keys(one), [...one.variants.values()].map((content) => Object.keys(content))]));
  trace("of actions", found[3].variants.get("twilio/call-to-action").actions.map((action) => Object.keys(action)));

  // -- receipts
  const receipts = async () => {
    // Longer than an answer is kept.
    await pause(600);
    return message.getDetailedDeliveryReceipts();
  };
  for (const body of [{}, { delivery_receipts: [null], meta: {} }]) {
    await refused(`receipts ${JSON.stringify(body)}`, "Receipts", body, receipts);
  }
  const bare = { delivery_receipts: [{}, { sid: "DY1", status: null, error_code: null, participant_sid: null }], meta: {} };
  const told = await call("receipts", () => answered("Receipts", bare, receipts));
  trace("their members", told.map((one) => Object.keys(one)));

  // -- recipients
  const ways = { message: () => message.getMessageRecipients(), conversation: () => hers.getMessageRecipients() };
  const some = { message_recipients: [{ type: "email" }, { type: "pigeon" }, {}, { type: "email", name: null, message_sid: null }], meta: {} };
  for (const [way, ask] of Object.entries(ways)) {
    for (const body of [{}, { message_recipients: [null], meta: {} }]) {
      await refused(`recipients of a ${way}: ${JSON.stringify(body)}`, "MessageRecipients", body, ask);
    }
    const all = await call(`recipients of a ${way}`, () => answered("MessageRecipients", some, ask));
    trace("their members", (all.items ?? all).map((one) => Object.keys(one)));
  }
  await refused("recipients without meta", "MessageRecipients", { message_recipients: [] }, ways.conversation);

  // -- metadata
  const metadata = await call("metadata", () => answered("ChannelMetadata", {}, () => message.getChannelMetadata()));
  trace("its members", Object.keys(metadata));

  // -- the index of a message that was sent
  for (const body of [{}, { index: "7" }, { index: "nan" }, { index: "inf" }]) {
    const send = (label, work) => call(`${label}, index ${body.index}`, () => answered("/Messages$", body, work, { method: "POST" }));
    await send("sent", () => hers.sendMessage("x"));
    await send("built and sent", () => hers.prepareMessage().setBody("x").buildAndSend());
  }
  await quiet();
};
