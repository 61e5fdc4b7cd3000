/** A device is registered, kept, moved and removed; what the service would push to it goes into a client. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, trace, quiet, emulator, sdk } = world;
  const { alice, bob, hers } = await twoInARoom(world);
  const on = { enabled: true };
  await emulator.request("POST", "/emulator/notifications", {
    newMessage: { ...on, sound: "ping", badgeCountEnabled: true, withMedia: on }, addedToConversation: on, removedFromConversation: on,
  });
  trace("types", Object.fromEntries(Object.getOwnPropertyNames(sdk.NotificationTypes).sort().map((key) => [key, sdk.NotificationTypes[key]]).filter(([, value]) => typeof value === "string" && value.startsWith("twilio"))));
  trace("event", [sdk.Client.pushNotification, bob.user.isNotifiable]);

  await call("register", bob.setPushRegistrationId("fcm", "phone"));
  await until("bob", "userUpdated", ({ user, updateReasons }) => updateReasons.includes("reachabilityNotifiable") && user.isNotifiable);
  await call("the same again: nothing is sent", bob.setPushRegistrationId("fcm", "phone"));
  await call("on the other platform, too", bob.setPushRegistrationId("apn", "pad"));
  trace("notifiable", bob.user.isNotifiable);

  // What the service sends: words, sound, badge, files.
  await hers.sendMessage("hello");
  await until("bob", "messageAdded");
  await hers.sendMessage({ contentType: "text/plain", media: "x", filename: "x.txt" });
  await until("bob", "messageAdded", () => true, 2);
  const kitchen = await alice.createConversation({ friendlyName: "Kitchen" });
  await kitchen.join();
  // Whoever is added while the roster is being read is announced or found in it, as it happens.
  await quiet();
  await kitchen.add("bob");
  await until("bob", "conversationJoined", ({ friendlyName }) => friendlyName === "Kitchen");
  await kitchen.removeParticipant("bob");
  await until("bob", "conversationLeft");
  await quiet();
  const pushes = await emulator.pushes();
  trace("pushes", pushes.map(({ identity, channelType, address, payload }) => [identity, channelType, address, payload]));
  for (const [index, { payload }] of pushes.entries()) {
    await call(`handle ${index}`, bob.handlePushNotification(payload));
    const parsed = sdk.Client.parsePushNotification(payload);
    trace(`parsed ${index}`, [parsed instanceof sdk.PushNotification, parsed]);
  }
  trace("one function", bob.parsePushNotification === sdk.Client.parsePushNotification);
  const late = [];
  bob.onWithReplay("pushNotification", (notification) => late.push(notification.type));
  trace("replayed", late);

  await call("mute", (await bob.getConversationByUniqueName("room")).setUserNotificationLevel("muted"));
  await hers.sendMessage("nobody hears");
  await until("bob", "messageAdded", () => true, 3);
  trace("muted", (await emulator.pushes()).length - pushes.length);

  await call("another token of the device", bob.setPushRegistrationId("fcm", "phone 2"));
  await call("another access token", (async () => (await bob.updateToken(await emulator.token("bob"))) === bob)());
  await call("it is registered anew under that", bob.setPushRegistrationId("fcm", "phone 2"));
  await call("unset", bob.unsetPushRegistrationId("apn"));
  await call("unset again", bob.unsetPushRegistrationId("apn"));
  await call("set again", bob.setPushRegistrationId("apn", "pad"));
  await call("remove another device", bob.removePushRegistrations("fcm", "unknown"));
  await call("remove", bob.removePushRegistrations("apn", "pad"));
  await call("the removed one comes back with the next change", bob.setPushRegistrationId("fcm", "phone 3"));
  const both = [bob.setPushRegistrationId("apn", "a"), bob.setPushRegistrationId("apn", "b")];
  await call("two at once", Promise.allSettled(both).then((all) => all.map(({ status, reason }) => [status, reason?.message])));
  await call("remove what is left", bob.removePushRegistrations("apn", "a"));
  await call("and the other", bob.removePushRegistrations("fcm", "phone 3"));
  await quiet();
  trace("left", (await emulator.state()).users.map(({ identity, devices, notifiable }) => [identity, devices.map(({ type, address }) => [type, address]), notifiable]));
  for (const [index, request] of (await emulator.registrations()).entries()) trace(`request ${index}`, request);
};
