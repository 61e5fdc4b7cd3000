/** Argument checks. The expected texts are those that the official SDK 3.0.1 was seen to produce. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { type RuleSet, tableOf } from "../src/bridge/surface.js";
import { entityClasses, lookup } from "../src/facade/entities.js";
import { check } from "../src/facade/validate.js";

function text(className: string, member: string, ...args: unknown[]): string | undefined {
  const rules = tableOf(className).members[member]?.rules;
  assert.ok(rules, `${className}.${member} has rules`);
  return check(rules, args, lookup);
}

const refused: [className: string, member: string, args: unknown[], expected: string][] = [
  ["Client", "constructor", [], "Argument 1 is expected to be a non-empty string, but got undefined"],
  ["Client", "constructor", [""], 'Argument 1 is expected to be a non-empty string, but got ""'],
  ["Client", "constructor", ["x", null], "Argument 2 is expected to be a pure object (non-null and non-array) or of type undefined, but got null"],
  ["Client", "constructor", ["x", []], "Argument 2 is expected to be a pure object (non-null and non-array) or of type undefined, but got instance of Array"],
  ["Client", "constructor", ["x", {}, 3], "Expected at most 2 argument(s), but got 3"],
  ["Client", "create", [5], "Argument 1 is expected to be of type string, but got 5"],
  ["Client", "createConversation", [{ friendlyName: 5 }], 'Argument 1 is expected to be of type undefined or valid conversation options (key "friendlyName" should be of type string or of type undefined), but got malformed conversation options (key "friendlyName" is 5)'],
  ["Client", "createConversation", [null], "Argument 1 is expected to be of type undefined or valid conversation options (should be a pure object), but got null"],
  ["Client", "createConversation", ["x"], 'Argument 1 is expected to be of type undefined or valid conversation options (should be a pure object), but got "x"'],
  ["Client", "createConversation", [{ isPrivate: 1 }], 'Argument 1 is expected to be of type undefined or valid conversation options (key "isPrivate" should be of type boolean or of type undefined), but got malformed conversation options (key "isPrivate" is 1)'],
  ["Client", "getUser", ["a", "b"], "Expected at most 1 argument(s), but got 2"],
  ["Conversation", "sendMessage", [5], "Argument 1 is expected to be of type string, an instance of FormData, null or valid media options (should be a pure object); but got 5"],
  ["Conversation", "sendMessage", [{ contentType: "x" }], 'Argument 1 is expected to be of type string, an instance of FormData, null or valid media options (key "media" should be a non-empty string, an instance of Buffer or an instance of Blob); but got malformed media options (key "media" is undefined)'],
  ["Conversation", "sendMessage", ["x", undefined, { subject: "" }], 'Argument 3 is expected to be of type undefined, null or valid email attributes (key "subject" should be a non-empty string or of type undefined); but got malformed email attributes (key "subject" is "")'],
  ["Conversation", "sendMessage", ["x", () => 1], "Argument 2 is expected to be an optional JSON type, but got function"],
  ["Conversation", "updateAttributes", [], "Argument 1 is expected to be a JSON type, but got undefined"],
  ["Conversation", "updateAttributes", [Symbol("x")], "Argument 1 is expected to be a JSON type, but got symbol"],
  ["Conversation", "getMessages", [NaN, 1], "Argument 1 is expected to be of type undefined or a non-negative integer, but got NaN"],
  ["Conversation", "getMessages", [1, "end"], 'Argument 2 is expected to be of type undefined or a non-negative integer, but got "end"'],
  ["Conversation", "getMessages", [1, 1, "up"], 'Argument 3 is expected to be of type undefined, "backwards" or "forward"; but got "up"'],
  ["Conversation", "removeParticipant", [new Date()], "Argument 1 is expected to be a non-empty string or an instance of Participant, but got instance of Date"],
  ["Conversation", "removeParticipant", [Object.create(null)], "Argument 1 is expected to be a non-empty string or an instance of Participant, but got instance of undefined"],
  ["Conversation", "setUserNotificationLevel", ["x"], 'Argument 1 is expected to be "default" or "muted", but got "x"'],
  ["Conversation", "updateLastReadMessageIndex", [], "Argument 1 is expected to be null or a non-negative integer, but got undefined"],
  ["Conversation", "updateUniqueName", [5], "Argument 1 is expected to be of type string or null, but got 5"],
  ["Message", "updateBody", [5n], "Argument 1 is expected to be of type string, but got 5"],
  ["MessageBuilder", "setAttributes", [undefined], "Argument 1 is expected to be a JSON type, but got undefined"],
];

for (const [className, member, args, expected] of refused) {
  test(`${className}.${member} refuses: ${expected.slice(0, 60)}…`, () => {
    assert.equal(text(className, member, ...args), expected);
  });
}

test("good arguments pass", () => {
  assert.equal(text("Client", "constructor", "token"), undefined);
  assert.equal(text("Client", "constructor", "token", new (class Options {})()), undefined);
  assert.equal(text("Conversation", "sendMessage", ""), undefined);
  assert.equal(text("Conversation", "sendMessage", null, null, null), undefined);
  assert.equal(text("Conversation", "sendMessage", new FormData()), undefined);
  assert.equal(text("Conversation", "sendMessage", { contentType: "a/b", media: new Uint8Array(1) }), undefined);
  assert.equal(text("Conversation", "getMessages"), undefined);
  assert.equal(text("Conversation", "getMessages", 0, 0, "forward"), undefined);
  assert.equal(text("Conversation", "updateAttributes", null), undefined);
  assert.equal(text("Conversation", "removeParticipant", Object.create(entityClasses.Participant.prototype)), undefined);
});

test("arrays name the first bad element", () => {
  const rules: RuleSet[] = [{ array: "strings", of: "string", nonEmpty: true }];
  const of = (value: unknown) => check(rules, [value], lookup);
  assert.equal(of([]), "Argument 1 is expected to be a non-empty array of strings, but got instance of Array");
  assert.equal(
    of(["a", 5]),
    "Argument 1 is expected to be a valid non-empty array of strings (index 1 should be of type string), but got malformed array of strings (index 1 is 5)",
  );
  assert.equal(of(["a"]), undefined);
});
