/** Content templates: listed with every content type, kept for a while, sent with variables, and read from messages. */
import { twoInARoom } from "../page/rooms.js";

const ACTIONS = [
  { type: "URL", title: "Map", url: "https://example.org/{{1}}" }, { type: "PHONE_NUMBER", title: "Call", phone: "+15550100" },
  { type: "QUICK_REPLY", title: "Yes", id: "yes", index: 1 }, { type: "QUICK_REPLY", title: "No" }, { type: "URL", title: "?" },
  { type: "PHONE_NUMBER", title: "?" }, { type: "COPY_CODE", title: "Copy", code: "x" },
];
const TYPES = {
  "twilio/text": { body: "Hello {{1}}, it is {{2}} {{3}}" },
  "twilio/media": { body: "See", media: ["https://example.org/{{1}}.png"] },
  "twilio/location": { longitude: 13.4, latitude: 52.5, label: "{{1}}" },
  "twilio/quick-reply": { body: "Tea?", actions: [{ title: "Yes", id: "yes" }, { title: "{{1}}" }] },
  "twilio/call-to-action": { body: "Do", actions: ACTIONS },
  "twilio/list-picker": { body: "Choose", button: "Open", items: [{ id: "1", item: "Tea", description: "hot" }, { id: "2", item: "Ice" }] },
  "twilio/card": { title: "Card of {{1}}", subtitle: "Sub", media: ["https://example.org/a.png"], actions: ACTIONS },
  "whatsapp/authentication": { code: "{{1}}", valid: true, n: [1, null, "ü"] },
};

export default async (world) => {
  const { call, until, trace, quiet, emulator, sdk } = world;
  const variables = { 1: "you", 2: "me" };
  const every = { friendlyName: "Every", variables, types: TYPES };
  const single = Object.entries(TYPES).map(([type, content]) => ({ friendlyName: type, variables, types: { [type]: content } }));
  const bare = [
    { friendlyName: "bare media", types: { "twilio/media": { media: [] } } },
    { friendlyName: "bare location", types: { "twilio/location": { longitude: 1, latitude: -2 } } },
    { friendlyName: "bare card", types: { "twilio/card": { title: "T" } } },
  ];
  await emulator.seed({ contentTemplates: [every, ...single, ...bare] });
  const { alice, bob, hers } = await twoInARoom(world);
  const templates = await call("templates", alice.getContentTemplates());
  trace("frozen", [Object.isFrozen(templates), templates.every((one) => one instanceof sdk.ContentTemplate)]);
  trace("kept", (await alice.getContentTemplates()) === templates);
  const { variables: places, variants, dateCreated } = templates[0];
  trace("parts", [places[0] instanceof sdk.ContentTemplateVariable, variants instanceof Map, dateCreated instanceof Date]);
  const other = places[0].copyWithValue("Bob");
  trace("variables", [other instanceof sdk.ContentTemplateVariable, other, places[0], new sdk.ContentTemplateVariable("a", "b")]);
  const count = async () => (await emulator.log()).filter(({ header }) => header.http_request?.path === "/Client/v2/ContentTemplates").length;
  trace("asked", await count());

  let sent = 0;
  const send = async (label, unsent) => {
    await call(`send ${label}`, unsent.send());
    const message = await until("bob", "messageAdded", () => true, ++sent);
    trace(`${label} is`, [message.contentSid, message.body, message.type, message.getMediaByCategories(["body"]).length]);
    await call(`${label} shows`, message.getContentData());
    return message;
  };
  for (const template of templates) await send(template.friendlyName, hers.prepareMessage().setContentTemplate(template.sid).build());
  const text = templates.find(({ friendlyName }) => friendlyName === "twilio/text");
  const given = [other, new sdk.ContentTemplateVariable("3", "here"), new sdk.ContentTemplateVariable("9", "nowhere")];
  const unsent = hers.prepareMessage().setBody("no").setSubject("no").setAttributes({ a: 1 }).setContentTemplate(text.sid, given).build();
  trace("unsent", [unsent.contentSid, unsent.contentVariables]);
  const message = await send("with variables", unsent);
  trace("attributes", message.attributes);
  trace("requests", (await emulator.log()).filter(({ header, payload }) => header.method === "message" && payload?.content_sid).slice(-1).map(({ payload }) => payload));
  const plain = hers.sendMessage("plain");
  await plain;
  await call("plain shows", (await until("bob", "messageAdded", () => true, ++sent)).getContentData());
  trace("cancellable", typeof message.getContentData().cancel);
  const cancelled = message.getContentData();
  cancelled.cancel();
  await call("cancelled", cancelled);
  await quiet();

  await call("unknown", hers.prepareMessage().setContentTemplate(`HX${"0".repeat(32)}`).buildAndSend());
  const start = () => hers.prepareMessage();
  for (const args of [[], [5], ["HX", null], ["HX", "a"], ["HX", {}], ["HX", [1]], ["HX", [{ name: "a", value: "b" }]], ["HX", [], 1]]) {
    await call(`setContentTemplate(${JSON.stringify(args)})`, () => void start().setContentTemplate(...args));
  }
  trace("chained", start().setContentTemplate("HX", undefined) instanceof sdk.MessageBuilder);
};
