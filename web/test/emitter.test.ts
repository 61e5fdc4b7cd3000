/** The emitter: Node's order and removal rules, and the memory of the last value. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { delivery, dispatch, ReplayEventEmitter, remember, watchUse } from "../src/facade/emitter.js";

test("listeners run in order, with prepended ones first, and get all arguments", () => {
  const emitter = new ReplayEventEmitter();
  const heard: unknown[] = [];
  emitter.on("e", (...args: unknown[]) => heard.push(["on", ...args]));
  emitter.prependListener("e", (...args: unknown[]) => heard.push(["first", ...args]));
  emitter.once("e", () => heard.push("once"));
  assert.equal(emitter.emit("e", 1, 2), true);
  assert.deepEqual(heard, [["first", 1, 2], ["on", 1, 2], "once"]);
  assert.equal(emitter.listenerCount("e"), 2);
  assert.equal(emitter.emit("other"), false);
});

test("the same function may be registered twice; off removes the latest", () => {
  const emitter = new ReplayEventEmitter();
  const order: string[] = [];
  const twice = () => order.push("twice");
  emitter.on("e", twice).on("e", () => order.push("between")).addListener("e", twice);
  emitter.off("e", twice);
  emitter.emit("e");
  assert.deepEqual(order, ["twice", "between"]);
  assert.equal(emitter.removeListener("e", twice).listenerCount("e"), 1);
});

test("a listener removed during an emission still runs this time, one added does not", () => {
  const emitter = new ReplayEventEmitter();
  const order: string[] = [];
  const late = () => order.push("late");
  emitter.on("e", () => {
    order.push("first");
    emitter.off("e", late);
    emitter.on("e", () => order.push("added"));
  });
  emitter.on("e", late);
  emitter.emit("e");
  assert.deepEqual(order, ["first", "late"]);
});

test("a once listener runs once even when the event is emitted from inside", () => {
  const emitter = new ReplayEventEmitter();
  let count = 0;
  emitter.on("e", () => {
    if (count === 0) {
      count = 100;
      emitter.emit("e");
    }
  });
  emitter.once("e", () => count++);
  emitter.emit("e");
  assert.equal(count, 101);
});

test("onWithReplay calls at once with the last value, without receiver, then registers", () => {
  const emitter = new ReplayEventEmitter();
  emitter.emit("e", 1);
  emitter.emit("e", 2);
  const heard: unknown[] = [];
  emitter.onWithReplay("e", function (this: unknown, value: unknown) {
    heard.push([this === undefined, value]);
  });
  emitter.emit("e", 3);
  assert.deepEqual(heard, [[true, 2], [false, 3]]);
  emitter.removeAllListeners();
  const again: unknown[] = [];
  emitter.addListenerWithReplay("e", ((value: unknown) => again.push(value)));
  assert.deepEqual(again, [3]);
});

test("onceWithReplay does not register when it could replay", () => {
  const emitter = new ReplayEventEmitter();
  const heard: unknown[] = [];
  emitter.onceWithReplay("e", (() => heard.push("registered")));
  emitter.emit("e");
  emitter.onceWithReplay("e", (() => heard.push("replayed")));
  assert.deepEqual(heard, ["registered", "replayed"]);
  assert.equal(emitter.listenerCount("e"), 0);
});

test("a listener that throws during replay is not registered", () => {
  const emitter = new ReplayEventEmitter();
  emitter.emit("e");
  const bad = () => {
    throw new Error("bad");
  };
  assert.throws(() => emitter.onWithReplay("e", bad), /bad/);
  assert.equal(emitter.listenerCount("e"), 0);
});

test("emit passes exceptions on, dispatch reports them later and goes on", () => {
  const emitter = new ReplayEventEmitter();
  const heard: string[] = [];
  emitter.on("e", () => {
    throw new Error("bad");
  });
  emitter.on("e", () => heard.push("second"));
  assert.throws(() => emitter.emit("e"), /bad/);
  assert.deepEqual(heard, []);
  mock.timers.enable({ apis: ["setTimeout"] });
  assert.equal(dispatch(emitter, "e", []), true);
  assert.deepEqual(heard, ["second"]);
  assert.throws(() => mock.timers.tick(1), /bad/);
  mock.timers.reset();
});

test("an error event without listener throws", () => {
  const emitter = new ReplayEventEmitter();
  assert.throws(() => emitter.emit("error", new Error("lost")), /lost/);
});

test("names, listeners, limits and meta events", () => {
  const emitter = new ReplayEventEmitter();
  const f = () => undefined;
  const meta: unknown[] = [];
  emitter.on("newListener", ((name: string) => meta.push(["new", name])));
  emitter.on("removeListener", ((name: string) => meta.push(["removed", name])));
  emitter.on("a", f);
  emitter.prependOnceListener("b", f);
  assert.deepEqual(emitter.eventNames(), ["newListener", "removeListener", "a", "b"]);
  assert.deepEqual(emitter.listeners("b"), [f]);
  emitter.removeAllListeners("a");
  assert.deepEqual(meta, [["new", "removeListener"], ["new", "a"], ["new", "b"], ["removed", "a"]]);
  assert.equal(emitter.getMaxListeners(), 10);
  assert.equal(emitter.setMaxListeners(3).getMaxListeners(), 3);
  assert.throws(() => emitter.on("a", 5 as never), TypeError);
});

test("what was remembered does not replace what happened since", () => {
  const emitter = new ReplayEventEmitter();
  emitter.emit("e", "new");
  remember(emitter, "e", ["old"]);
  remember(emitter, "f", ["old"]);
  const heard: unknown[] = [];
  emitter.onWithReplay("e", ((v: unknown) => heard.push(v)));
  emitter.onWithReplay("f", ((v: unknown) => heard.push(v)));
  assert.deepEqual(heard, ["new", "old"]);
});

test("use is reported with the first and after the last listener", () => {
  const emitter = new ReplayEventEmitter();
  const uses: boolean[] = [];
  watchUse(emitter, (used) => uses.push(used));
  const f = () => undefined;
  emitter.on("a", f).on("b", f).off("a", f).off("b", f);
  emitter.once("a", f).emit("a");
  assert.deepEqual(uses, [true, false, true, false]);
});

test("a delivery reaches those who listened when it began, and is remembered from then on", () => {
  const emitter = new ReplayEventEmitter();
  const heard: string[] = [];
  const early = () => heard.push("early");
  emitter.on("e", early);
  const deliver = delivery(emitter, "e", []);
  emitter.off("e", early);
  emitter.on("e", () => heard.push("late"));
  emitter.onceWithReplay("e", () => heard.push("replayed"));
  deliver();
  assert.deepEqual(heard, ["replayed", "early"]);
});
