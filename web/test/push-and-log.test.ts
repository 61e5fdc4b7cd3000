/** What the page does by itself: reading push notifications, and printing the log. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Log } from "../src/facade/log.ts";
import { parsePush, PushNotification } from "../src/facade/push.ts";

/** What is printed while `work` runs: method and first words. */
function printed(work: () => void): [method: string, line: string][] {
  const lines: [string, string][] = [];
  const real = { log: console.log, info: console.info, warn: console.warn, error: console.error };
  for (const method of ["log", "info", "warn", "error"] as const) {
    console[method] = (...args: unknown[]) => void lines.push([method, args.join(" ").replace(/^\S+Z /, "")]);
  }
  try {
    work();
  } finally {
    Object.assign(console, real);
  }
  return lines;
}

test("a level lets through what matters as much", () => {
  const log = new Log();
  const all = (): void => ["trace", "debug", "info", "warn", "error", "silent", "other"].forEach((one) => log.write(one, "pyconvo", one));
  assert.deepEqual(printed(all), [], "silent unless told otherwise");
  assert.equal(log.setLevel("WARN"), "warn");
  assert.deepEqual(printed(all), [["warn", "Conversations W: warn"], ["error", "Conversations E: error"]]);
  assert.equal(log.setLevel(0), "trace");
  assert.deepEqual(printed(all).map(([method]) => method), ["log", "log", "info", "warn", "error"]);
  assert.throws(() => log.setLevel("loud"), /invalid level: loud/);
  assert.equal(printed(all).length, 5, "a refused level changes nothing");
  assert.equal(log.setLevel(undefined), "silent");
});

test("parts of the core have names, and deprecations are told at every level", () => {
  const log = new Log();
  assert.deepEqual(printed(() => log.write("warn", "pyconvo.deprecated", "old")), [["warn", "old"]]);
  log.setLevel("debug");
  assert.deepEqual(printed(() => log.write("debug", "pyconvo.twilsock", "x")), [["log", "Twilsock D: x"]]);
  assert.deepEqual(printed(() => log.write("info", "pyconvo.sync", "x")), [["info", "Sync I: x"]]);
});

test("what is no notification is refused in words", () => {
  assert.throws(() => parsePush({}), /is not Programmable Chat notification/);
  assert.throws(() => parsePush({ data: {} }), /does not contain/);
  const read = parsePush({ aps: { alert: "hi", badge: 2 }, twi_message_type: "t", message_index: "3", media: "{" });
  assert.ok(read instanceof PushNotification);
  assert.deepEqual({ ...read }, { title: null, body: "hi", sound: null, badge: 2, action: null, type: "t", data: { messageIndex: 3 } });
});
