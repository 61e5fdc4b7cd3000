/** Clients made in unusual ways, and a message whose fields an application has changed by hand. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, trace, quiet, emulator, Client } = world;
  const { hers } = await twoInARoom(world);
  const options = { Twilsock: { uri: `ws://${location.host}/v3/wsconnect` } };
  const token = await emulator.token("alice");

  const { create } = Client;
  class Mine extends Client {}
  const ways = {
    "create alone": () => create(token, options),
    "create with another this": () => create.call({}, token, options),
    "create of a subclass": () => Mine.create(token, options),
    "a subclass": () => new Mine(token, options),
  };
  for (const [label, make] of Object.entries(ways)) {
    const made = await call(label, make);
    if (made === undefined) continue;
    trace("it is", [made instanceof Client, made instanceof Mine]);
    await made.getSubscribedUsers();
    trace("it is", made.connectionState);
    await made.shutdown();
  }
  await call("create alone, wrongly", () => create(5));
  for (const name of ["transport", "twilsockClient", "syncClient", "notificationsClient", "Sync", "Chat", "logLevel"]) {
    await call(`${name}: null`, async () => {
      const made = new Client(token, { ...options, [name]: null });
      let known;
      try {
        known = made.reachabilityEnabled;
      } catch (error) {
        known = error.name;
      }
      await made.getSubscribedUsers();
      const then = [made.connectionState, made.reachabilityEnabled];
      await made.shutdown();
      return [known, ...then];
    });
  }

  for (const nothing of [undefined, null]) {
    for (const text of ["by hand", undefined]) {
      const unsent = hers.prepareMessage().setBody("never").setSubject("never").build();
      unsent.emailOptions = nothing;
      unsent.text = text;
      await call(`without options: ${text}`, unsent.send());
    }
  }
  await quiet();
  trace("sent", (await hers.getMessages()).items.map(({ body, subject }) => [body, subject]));
};
