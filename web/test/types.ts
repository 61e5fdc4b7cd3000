/** Compiled, never run: what page authors write must type-check against `pyconvo.d.ts`, and mistakes must not. */

import { type Conversation, Client, type Message, type Paginator } from "../types/pyconvo.js";

export async function page(token: string): Promise<number> {
  const client = new Client(token, { emulator: "http://127.0.0.1:8080", logLevel: "warn" });
  client.on("conversationAdded", (conversation) => console.log(conversation.friendlyName?.length));
  client.on(Client.messageUpdated, ({ message, updateReasons }) => console.log(message.body, updateReasons.includes("body")));
  client.onWithReplay("initFailed", ({ error }) => console.log(error?.message, error?.terminal));
  client.once("tokenExpired", () => undefined).setMaxListeners(20);
  client.user.on(client.user.updated, ({ user }) => console.log(user.isOnline));
  const conversation: Conversation = await client.createConversation({ friendlyName: "Trip", attributes: { a: [1] } });
  const messages: Paginator<Message> = await conversation.getMessages(30, 5, "forward");
  const last: Date | undefined = conversation.lastMessage?.dateCreated;
  const sending = conversation.prepareMessage().setBody("hi").setAttributes({}).buildAndSend();
  sending.cancel();
  // @ts-expect-error: an event that does not exist
  client.on("messageSeen", () => undefined);
  // @ts-expect-error: state is read-only
  conversation.friendlyName = "x";
  // @ts-expect-error: such objects are made by the client
  new Conversation();
  // @ts-expect-error: a direction that does not exist
  await conversation.getMessages(30, 5, "sideways");
  const scripted = new Twilio.Conversations.Client(token);
  await scripted.shutdown();
  return (await conversation.sendMessage("hello")) + messages.items.length + (last?.getTime() ?? 0);
}
