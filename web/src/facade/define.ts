/** Gives the classes their members from the surface table: getters on the mirrored state, methods over the bridge. */

import { plain } from "../bridge/codec.js";
import { entryOf, isMirrored } from "../bridge/registry.js";
import { type Member, tableOf } from "../bridge/surface.js";
import { CancellablePromise, cancellableCall } from "./cancellable.js";
import { check, type ClassLookup } from "./validate.js";

/** A class with anything on it. */
export type AnyClass = { readonly prototype: object; readonly name: string };

/** `lookup` finds the classes that rules name. Members written by hand are left alone. */
export function define(target: AnyClass, className: string, lookup: ClassLookup): void {
  const table = tableOf(className);
  for (const [name, member] of Object.entries(table.members)) {
    if (Object.prototype.hasOwnProperty.call(target.prototype, name)) continue;
    if (member.kind === "property" && !table.value && !member.internal) hidden(target.prototype, name, getter(name));
    if (member.kind === "method" && member.async) {
      hidden(target.prototype, name, { value: method(name, member, lookup), writable: true });
    }
  }
  for (const event of Object.keys(table.events ?? {})) {
    hidden(table.instanceEvents ? target.prototype : target, event, { value: event, writable: true });
  }
  if (!table.value) hidden(target.prototype, "toJSON", { value: toJSON, writable: true });
}

function hidden(object: object, name: string, descriptor: PropertyDescriptor): void {
  Object.defineProperty(object, name, { configurable: true, enumerable: false, ...descriptor });
}

function getter(name: string): PropertyDescriptor {
  return {
    get(this: object) {
      return entryOf(this).state[name];
    },
  };
}

function method(name: string, member: Member, lookup: ClassLookup): (...args: unknown[]) => Promise<unknown> {
  const arity = member.rules?.length ?? member.arity ?? 0;
  const json = member.rules?.map((rule) => rule === "json" || rule === "optionalJson");
  const call = function (this: object, ...args: unknown[]): Promise<unknown> {
    const problem = member.rules && check(member.rules, args, lookup);
    if (problem !== undefined) return Promise.reject(new Error(problem));
    try {
      const given = args.slice(0, arity).map((value, at) => (json?.[at] ? plain(value) : value));
      if (member.cancellable) return cancellable(this, name, given, member.map ?? false);
      return entryOf(this).session.caller.call(this, name, given);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  };
  return Object.defineProperty(call, "name", { value: name });
}

function cancellable(target: object, name: string, args: unknown[], map: boolean): Promise<unknown> {
  const called = cancellableCall(target, name, args);
  if (!map) return called;
  return new CancellablePromise((resolve, reject, onCancel) => {
    onCancel(() => void called.cancel());
    called.then((entries) => resolve(new Map(Object.entries(entries as object))), reject);
  });
}

/** Plain values alone, so that an object of the SDK can be logged or serialised; references are left out. */
function toJSON(this: object): Record<string, unknown> {
  const { className, state } = entryOf(this);
  const { members } = tableOf(className);
  return Object.fromEntries(
    Object.keys(members)
      .filter((name) => name in state && !members[name]?.internal && !isMirrored(state[name]))
      .map((name) => [name, state[name]]),
  );
}
