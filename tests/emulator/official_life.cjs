// The official SDK's life on the emulator, told as lines of JSON. Arguments: the SDK's folder, the emulator's address.
const { Client } = require(process.argv[2]);
const url = process.argv[3];
const uri = `${url.replace("http", "ws")}/v3/wsconnect`;

const tell = (what, value) => console.log(JSON.stringify([what, value ?? null]));
const post = async (path, body) => {
  const answer = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
};
const token = async (identity, ttl = 3600) =>
  (await (await fetch(`${url}/token?identity=${identity}&ttl=${ttl}`)).json()).token;
const next = (emitter, event, check = () => true) =>
  new Promise((resolve) => {
    const listen = (value) => {
      if (!check(value)) return;
      emitter.removeListener(event, listen);
      resolve(value);
    };
    emitter.on(event, listen);
  });
const ready = async (identity) => {
  const client = new Client(await token(identity), { Twilsock: { uri } });
  await next(client, "initialized");
  return client;
};

(async () => {
  const alice = await ready("alice");
  const bob = await ready("bob");
  tell("initialized", [alice.user.identity, bob.user.identity]);

  const created = await alice.createConversation({ uniqueName: "team" });
  await created.join();
  const joined = next(bob, "conversationJoined");
  await created.add("bob");
  const seen = await joined;
  const bodies = [];
  seen.on("messageAdded", (message) => bodies.push(message.body));
  const first = next(seen, "messageAdded");
  tell("sent", await created.sendMessage("here"));
  await first;

  const last = next(seen, "messageAdded", (message) => message.body === "away 4");
  await post("/emulator/connections/drop", { identity: "bob" });
  for (let n = 0; n < 5; n += 1) await created.sendMessage(`away ${n}`);
  await last;
  tell("replayed", bodies);

  const warned = Promise.all([next(alice, "tokenAboutToExpire"), next(bob, "tokenAboutToExpire")]);
  await post("/emulator/clock", { advance: 3600 - 170 });
  await warned;
  await alice.updateToken(await token("alice"));
  const expired = next(bob, "tokenExpired");
  const gone = next(bob, "connectionStateChanged", (state) => state === "disconnected");
  await post("/emulator/clock", { advance: 180 });
  await expired;
  await gone;
  tell("expired", [alice.connectionState, bob.connectionState]);
  await created.sendMessage("after");
  const back = next(seen, "messageAdded", (message) => message.body === "after");
  await bob.updateToken(await token("bob"));
  await back;
  tell("renewed", bob.connectionState);
  await Promise.all([alice.shutdown(), bob.shutdown()]);

  const refused = new Client("not.a.token", { Twilsock: { uri } });
  const { terminal, httpStatusCode, errorCode } = await next(refused, "connectionError");
  tell("refused", { terminal, httpStatusCode, errorCode });
  process.exit(0);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
