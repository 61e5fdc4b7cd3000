/** The same over `require`: two people talk. What it hears goes to `window.received`. */

const { Client, runtime } = require("pyconvo");

const question = new URLSearchParams(location.search);
const service = { emulator: question.get("emulator") };
if (question.has("main")) runtime.configure({ thread: "main" });
if (question.has("url")) runtime.configure({ url: question.get("url") });

async function clientOf(identity) {
  const answer = await fetch(`${service.emulator}/token?identity=${identity}`);
  return Client.create((await answer.json()).token, service);
}

async function talk() {
  const alice = await clientOf("alice");
  const bob = await clientOf("bob");
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

window.received = talk().catch((error) => [error.name, error.reason, error.file ?? null]);
