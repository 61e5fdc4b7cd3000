/**
 * `await survey(declared)` → what the SDK of this page has: its exports, what is on each class, and for an object of
 * each class whether every declared member is there, how it can be used, and what a call of it gives at once.
 */

import { harvest } from "./harvest.js";

const sdk = globalThis.Twilio.Conversations;
const isPublic = (name) => !name.startsWith("_") && name !== "constructor" && name !== "prototype";

/** The descriptor of a member wherever on the chain it is. */
function find(object, name) {
  for (let holder = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function use(descriptor) {
  if (descriptor === undefined) return "absent";
  if (typeof descriptor.value === "function") return `method(${descriptor.value.length})`;
  return "get" in descriptor && descriptor.get === undefined ? "write-only" : "value";
}

function statics(owner) {
  const found = {};
  for (let holder = owner; holder && holder !== Function.prototype; holder = Object.getPrototypeOf(holder)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (!isPublic(name) || ["length", "name"].includes(name) || name in found || holder === Promise) continue;
      found[name] = typeof value === "function" ? `method(${value.length})` : typeof value === "string" ? JSON.stringify(value) : typeof value;
    }
  }
  return found;
}

/** What a call gives at once, whatever becomes of it. No argument list is right: these are all one symbol. */
function give(object, name) {
  try {
    const given = object[name](...Array(6).fill(Symbol("wrong")));
    if (typeof given?.then !== "function") return given === null ? "null" : typeof given;
    Promise.resolve(given).catch(() => {});
    return typeof given.cancel === "function" ? "cancellable promise" : "promise";
  } catch {
    return "throws";
  }
}

window.survey = async (declared) => {
  const exported = Object.fromEntries(Object.entries(sdk).map(([name, value]) => [name, typeof value]));
  const classes = {};
  for (const [name, value] of Object.entries(sdk)) {
    if (typeof value !== "function") continue;
    const prototype = {};
    for (let holder = value.prototype; holder && ![Object.prototype, Promise.prototype].includes(holder); holder = Object.getPrototypeOf(holder)) {
      for (const member of Object.getOwnPropertyNames(holder).filter(isPublic)) prototype[member] ??= use(find(holder, member));
    }
    classes[name] = { prototype, statics: statics(value), length: value.length };
  }
  const { objects, lacking, end } = await harvest(sdk);
  const members = {};
  // What ends something comes last; nobody waits for any of it.
  for (const gives of [false, true]) {
    for (const [name, object] of Object.entries(objects)) {
      for (const member of declared[name] ?? []) {
        const told = use(find(object, member));
        if (!gives) (members[name] ??= {})[member] = told;
        else if (told.startsWith("method") && member !== "shutdown") members[name][member] += `: ${give(object, member)}`;
      }
    }
  }
  if (objects.Client) members.Client.shutdown += `: ${give(objects.Client, "shutdown")}`;
  await end();
  return { exported, classes, members, lacking };
};
window.surveyReady = true;
