/** What the application does, however it got the package. */

const question = new URLSearchParams(location.search);
const service = { emulator: question.get("emulator") };

async function clientOf(Client, identity) {
  const answer = await fetch(`${service.emulator}/token?identity=${identity}`);
  return Client.create((await answer.json()).token, service);
}

async function talk(Client) {
  const alice = await clientOf(Client, "alice");
  const bob = await clientOf(Client, "bob");
  const invited = new Promise((resolve) => bob.on("conversationJoined", resolve));
  const heard = new Promise((resolve) => bob.on(Client.messageAdded, resolve));
  const room = await alice.createConversation({ friendlyName: "Tea" });
  await room.join();
  await room.add("bob");
  await invited;
  await room.sendMessage("hello bob");
  const message = await heard;
  return [message.author, message.body, message.conversation.friendlyName];
}

/** Two people talk: what one hears, or how the start failed. */
export function received({ Client, runtime }) {
  if (question.has("main")) runtime.configure({ thread: "main" });
  if (question.has("url")) runtime.configure({ url: question.get("url") });
  return talk(Client).catch((error) => [error.name, error.reason, error.file ?? null]);
}
