/** Permissions taken away and given, another role, a conversation that turns inactive and closes, too many requests. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { call, until, quiet, trace, emulator } = world;
  const { alice, bob, hers, his } = await twoInARoom(world);
  const { permissions } = (await emulator.roles()).find((role) => role.name === "channel user");
  const without = (name) => emulator.setRole("channel user", permissions.filter((one) => one !== name));
  await call("bob sends", his.sendMessage("mine"));
  const message = await until("bob", "messageAdded");
  await quiet();

  await without("sendMessage");
  await call("bob may not send", his.sendMessage("no"));
  await without("editOwnMessage");
  await call("bob may not edit", message.updateBody("no"));
  await without("leaveConversation");
  await call("bob may not leave", his.leave());
  await without("editNotificationLevel");
  await call("bob may not mute", his.setUserNotificationLevel("muted"));
  await emulator.setRole("channel user", permissions);
  await call("bob may not rename", his.updateFriendlyName("no"));
  const participant = await his.getParticipantByIdentity("bob");
  await emulator.giveRole(his.sid, "bob", "admin");
  await until("bob", "participantUpdated");
  await quiet();
  trace("bob's new role", participant.roleSid === (await hers.getParticipantByIdentity("alice")).roleSid);
  await call("bob may rename", his.updateFriendlyName("bob's"));
  await quiet();

  await emulator.limit({ rates: [{ requests: 1, seconds: 600, method: "POST", path: "/Messages$" }] });
  await call("alice sends", hers.sendMessage("within the limit"));
  await until("bob", "messageAdded", () => true, 2);
  await call("alice sends too often", hers.sendMessage("beyond it"));
  await call("alice does other things", hers.updateAttributes({ fine: true }));
  await call("bob has his own limit", his.sendMessage("mine"));
  await emulator.advance(600);
  await call("alice sends again", hers.sendMessage("ten minutes later"));
  await until("bob", "messageAdded", () => true, 4);
  // A look-up is tried again by itself until it passes.
  await emulator.limit({ rates: [{ requests: 0, seconds: 1, path: "/Users/carol" }] });
  const looking = call("alice looks for carol", alice.getUser("carol"));
  await quiet();
  await emulator.limit({ rates: [] });
  await looking;
  await quiet();

  await emulator.setState(his.sid, "inactive");
  await until("bob", "conversationUpdated", ({ updateReasons }) => updateReasons.includes("state"));
  await quiet();
  trace("inactive", his.state.current);
  await call("bob wakes it", his.sendMessage("awake"));
  await until("alice", "messageAdded", () => true, 5);
  await quiet();
  trace("awake", hers.state.current);
  await emulator.setState(his.sid, "closed");
  await until("bob", "conversationUpdated", ({ conversation }) => conversation.state.current === "closed");
  await quiet();
  await call("send", hers.sendMessage("too late"));
  await call("edit", message.updateBody("too late"));
  await call("remove a message", message.remove());
  await call("rename", hers.updateFriendlyName("too late"));
  await call("add", hers.add("carol"));
  await call("update a participant", participant.updateAttributes({ late: true }));
  await call("type", hers.typing());
  await call("read", hers.getMessages(2));
  await call("advance the horizon", hers.setAllMessagesRead());
  await call("bob leaves", his.leave());
  await until("bob", "conversationLeft");
  await quiet();
  await call("delete", hers.delete());
  await until("alice", "conversationRemoved");
};
