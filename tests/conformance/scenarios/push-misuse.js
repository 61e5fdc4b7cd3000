/** Payloads of every kind, wrong arguments, registrations that are refused, and calls before and after everything. */
export default async ({ Client, ready, call, trace, emulator, sdk, client, until, pause }) => {
  const type = "twilio.conversations.new_message";
  const payloads = {
    "nothing in it": {}, "no type, fcm": { data: {} }, "no type, apn": { aps: {} }, "data is a text": { data: "x" },
    "type beside the data": { twi_message_type: type, data: {} },
    "least of fcm": { data: { twi_message_type: type } }, "least of apn": { aps: {}, twi_message_type: type },
    "another type": { data: { twi_message_type: "x.y" } },
    "all of fcm": {
      data: {
        twi_message_type: type, twi_title: "t", twi_body: "b", twi_sound: "s", twi_action: "a", conversation_sid: "CH1",
        conversation_title: "c", message_sid: "IM1", message_index: "8", media_count: "2", media: '{"sid":"ME1"}', other: 1,
      },
    },
    "all of apn": {
      aps: { alert: { title: "t", body: "b" }, sound: "s", badge: 3, category: "a" }, twi_message_type: type,
      conversation_sid: "CH1", message_index: 8, media_count: 0, media: [1],
    },
    "an alert without words": { aps: { alert: {}, badge: 0, sound: "" }, twi_message_type: type },
    "an alert of nothing": { aps: { alert: "" }, twi_message_type: type },
    "numbers that are none": {
      data: { twi_message_type: type, message_index: "x", media_count: "", media: "{", conversation_sid: null },
    },
    "both": { aps: { alert: "a" }, data: { twi_message_type: "d" }, twi_message_type: "a" },
  };
  const alice = await ready("alice");
  for (const [label, payload] of Object.entries(payloads)) {
    await call(`parse ${label}`, () => sdk.Client.parsePushNotification(payload));
    await call(`handle ${label}`, alice.handlePushNotification(payload));
  }
  for (const wrong of [undefined, null, 5, "text", []]) {
    await call(`parse ${JSON.stringify(wrong)}`, () => alice.parsePushNotification(wrong));
    await call(`handle ${JSON.stringify(wrong)}`, () => alice.handlePushNotification(wrong));
  }
  await call("parse too much", () => alice.parsePushNotification({}, 1));
  await call("handle too much", () => alice.handlePushNotification({}, 1));
  trace("by hand", new sdk.PushNotification({ type, title: "", body: "b", data: null }));
  const registration = { message_types: [], populateInitRegistrations(types) { this.message_types.push(...types); } };
  Client.populateInitRegistrations(registration);
  trace("registration", registration.message_types);

  for (const args of [[], ["sms", "a"], ["fcm"], ["fcm", 5], ["fcm", ""], ["fcm", "a", 1], [5, "a"], [null, null]]) {
    await call(`setPushRegistrationId(${JSON.stringify(args)})`, () => alice.setPushRegistrationId(...args));
    await call(`removePushRegistrations(${JSON.stringify(args)})`, () => alice.removePushRegistrations(...args));
  }
  for (const args of [[], ["sms"], [5], ["fcm", "a"]]) {
    await call(`unsetPushRegistrationId(${JSON.stringify(args)})`, () => alice.unsetPushRegistrationId(...args));
  }
  trace("nothing was asked", await emulator.registrations());

  await emulator.fault({
    on: "request", action: "respond", status: 403, body: { code: 20403, message: "No push here", status: 403 }, path: "/v1/registrations", times: 100,
  });
  const slowly = pause(600).then(() => "not yet");
  await call("refused", Promise.race([alice.setPushRegistrationId("apn", "b"), slowly]));
  await emulator.request("DELETE", "/emulator/faults");

  // Registering waits for readiness; removing does not.
  const early = await client("bob");
  await call("early", Promise.all([early.setPushRegistrationId("fcm", "c"), early.removePushRegistrations("fcm", "d")]));
  await until("bob", "initialized");
  await early.shutdown();
  await until("bob", "connectionStateChanged", (state) => state === "disconnected");
  await call("late", early.handlePushNotification({ data: { twi_message_type: type } }));
};
