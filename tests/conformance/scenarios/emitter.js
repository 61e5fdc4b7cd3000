/** Every way to listen and to stop listening, on one emitter: order, once, replay, counts, limits, errors of listeners. */
import { twoInARoom } from "../page/rooms.js";

export default async (world) => {
  const { trace, call, quiet, until } = world;
  const { bob, hers, his } = await twoInARoom(world);
  const heard = [];
  const note = (name) => (...args) => heard.push([name, ...args.map((value) => value?.body ?? value)]);
  const [first, second, third] = [note("first"), note("second"), note("third")];

  // A name that no SDK uses: nothing but these listeners is there.
  trace("chained", his.on("mine", second).prependListener("mine", first).once("mine", third) === his);
  his.prependOnceListener("mine", note("before all"));
  trace("counts", [his.listenerCount("mine"), his.listeners("mine").length, his.listeners("mine").includes(third)]);
  trace("names", [his.eventNames().includes("mine"), his.eventNames().includes("yours")]);
  trace("emitted", [his.emit("mine", 1, "two"), his.emit("mine", 2), his.emit("yours")]);
  trace("heard", heard.splice(0));
  his.onceWithReplay("mine", note("replayed once"));
  his.onWithReplay("mine", note("replayed"));
  his.addListenerWithReplay("yours", note("yours"));
  his.emit("mine", 3);
  trace("replayed", heard.splice(0));
  his.off("mine", first).removeListener("mine", second).addListener("mine", first).addListener("mine", first);
  his.off("mine", first);
  his.emit("mine", 4);
  trace("after off", heard.splice(0));
  his.removeAllListeners("mine");
  trace("none left", [his.emit("mine", 5), his.listenerCount("mine"), his.eventNames().includes("mine")]);
  for (const wrong of [undefined, null, "text", {}]) {
    try {
      his.on("mine", wrong);
    } catch (error) {
      // Its words are those of the emitter's implementation: there are others under Node.
      trace(`on(${JSON.stringify(wrong)})`, [error.name, error.message.includes('"listener"')]);
    }
  }
  await call("emit error", () => his.emit("error", new Error("nobody listens")));
  trace("limits", [bob.getMaxListeners(), his.getMaxListeners(), bob.user.getMaxListeners()]);
  trace("limit", his.setMaxListeners(50).getMaxListeners());

  // Listeners that come and go while an event is on its way.
  const leaving = () => his.off("mine", leaving).off("mine", second).on("mine", third) && heard.push(["leaving"]);
  his.on("mine", leaving).on("mine", second);
  his.emit("mine", 6);
  his.emit("mine", 7);
  trace("while emitting", heard.splice(0));

  // The same with an event of the service.
  his.once("messageAdded", first).prependListener("messageAdded", second);
  await call("send", hers.sendMessage("one"));
  await until("bob", "messageAdded");
  await call("send again", hers.sendMessage("two"));
  await until("bob", "messageAdded", () => true, 2);
  await quiet();
  his.off("messageAdded", second);
  await call("and again", hers.sendMessage("three"));
  await until("bob", "messageAdded", () => true, 3);
  await quiet();
  trace("of the service", heard);
};
