/** Members that need no scene of their own: constants of objects, the token, an unsent message, promises to cancel. */
export default async ({ Client, sdk, client, call, trace, until, quiet, emulator }) => {
  await emulator.seed({
    users: [{ identity: "alice" }],
    conversations: [{
      uniqueName: "room", createdBy: "alice", participants: ["alice"], messages: [{ author: "alice", body: "one" }],
    }],
  });
  const token = await emulator.token("alice");
  const alice = await client("alice", { token });
  trace("at first", [alice.version === Client.version, alice.connectionState, alice.token === token, alice.user.identity]);
  const names = [alice.user.updated, alice.user.userSubscribed, alice.user.userUnsubscribed];
  trace("names of a user's events", names);
  for (const name of names) alice.user.on(name, (given) => trace(`user: ${name}`, [(given.user ?? given).identity], "alice"));
  await until("alice", "initialized");
  await until("alice", "conversationJoined");
  await quiet();
  trace("then", [alice.connectionState, alice.user.identity, alice.user.isSubscribed]);

  const room = await alice.getConversationByUniqueName("room");
  trace("limits", room.limits);
  trace("bindings", room.bindings);
  const message = (await room.getMessages()).items[0];
  trace("template", message.contentSid);
  trace("same objects", [message.conversation === room, (await room.getParticipants())[0].conversation === room]);

  const builder = room.prepareMessage().setBody("text").setSubject("about").setAttributes({ a: [1] });
  builder.addMedia({ contentType: "text/plain", filename: "a.txt", media: "content" });
  const unsent = builder.build();
  trace("its fields", [unsent.text, unsent.attributes, unsent.emailOptions, unsent.mediaContent.length, unsent.contentSid, unsent.contentVariables]);
  const empty = room.prepareMessage().build();
  trace("nothing to send", [empty.text, empty.attributes, empty.emailOptions, empty.mediaContent]);
  await call("sent", unsent.send());
  await quiet();

  const made = (work) => new sdk.CancellablePromise(work);
  const cancelled = [];
  const waiting = made((resolve, reject, onCancel) => onCancel(() => cancelled.push("told")));
  trace("a promise", [waiting instanceof Promise, waiting.cancel() === waiting, cancelled]);
  await call("cancelled", waiting);
  await call("never told", made(() => {}).cancel());
  await call("resolved", made((resolve) => resolve("value")));
  await call("rejected", made((resolve, reject) => reject(new Error("reason"))));
  await call("thrown", () => made(() => { throw new Error("inside"); }));
  const settled = made((resolve) => resolve("first"));
  await settled;
  await call("cancelled too late", settled.cancel());
  await call("chained", made((resolve) => resolve(1)).then((value) => value + 1));
  await call("at last", made((resolve) => resolve(1)).finally(() => cancelled.push("finally")));
  trace("heard", cancelled);
};
