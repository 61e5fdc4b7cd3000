/**
 * Which public members of the official SDK, and which of its events, a scenario makes use of. The prototypes tell; what
 * the SDK does with its own objects is left out, by where the call comes from.
 */

let touched = new Set();
let sdk;

/** Fields that the objects themselves have, of classes whose objects are not described as a whole. */
const FIELDS = {
  Client: ["connectionState", "version", "parsePushNotification"],
  Conversation: ["sid"],
  Message: ["conversation"],
  Participant: ["conversation"],
  User: ["updated", "userSubscribed", "userUnsubscribed"],
  UnsentMessage: ["text", "attributes", "mediaContent", "emailOptions", "contentSid", "contentVariables"],
};
/** What gives pages, whose class is not exported. */
const PAGES = ["Conversation.getMessages", "Client.getSubscribedConversations", "Paginator.nextPage", "Paginator.prevPage"];
const PAGE = ["items", "hasNextPage", "hasPrevPage", "nextPage", "prevPage"];
const CONSTRUCTED = ["Client", "CancellablePromise", "ContentTemplateVariable"];
const LISTENING = ["on", "once", "addListener", "prependListener", "prependOnceListener", "onWithReplay", "addListenerWithReplay", "onceWithReplay"];
const isPublic = (name) => typeof name === "string" && name !== "constructor" && !name.startsWith("_") && name !== "domain";

/** What was used since the last time. */
export function take() {
  const used = [...touched].sort();
  touched = new Set();
  return used;
}

/** Watch an SDK from now on. Only the official one is: ours has to leave the same traces. */
export function install(namespace) {
  sdk = namespace;
  const emitter = Object.getPrototypeOf(sdk.Conversation.prototype);
  for (const [name, owner] of Object.entries(sdk)) {
    for (const holder of upTo(owner.prototype, emitter, Promise.prototype)) wrapMembers(holder, `${name}.`);
    for (const holder of upTo(owner, Object.getPrototypeOf(sdk.Conversation), Promise)) wrapMembers(holder, `${name} static `, true);
    if (CONSTRUCTED.includes(name)) sdk[name] = watchedClass(owner, `new ${name}`);
  }
  for (const holder of upTo(emitter, Object.prototype)) wrapMembers(holder, "emitter.");
  watchEvents(emitter);
}

/** A value is described for the trace: these of its fields are seen. */
export function noteFields(value, fields) {
  if (sdk === undefined) return;
  const name = nameOf(value) ?? (typeof value.nextPage === "function" ? "Paginator" : undefined);
  if (name === undefined) return;
  for (const field of fields) if (isPublic(field) && field !== "kind") touched.add(`${name}.${field}`);
}

const adopted = new WeakSet();

/** Watches the fields of one object, which no prototype tells of. Gives the object. */
function adopt(object) {
  if (typeof object !== "object" || object === null || adopted.has(object)) return object;
  const name = nameOf(object) ?? (typeof object.nextPage === "function" ? "Paginator" : undefined);
  const fields = name === "Paginator" ? PAGE : (FIELDS[name] ?? []);
  adopted.add(object);
  for (const field of fields) wrapField(object, field, `${name}.${field}`);
  return object;
}

function nameOf(value) {
  return Object.keys(sdk).find((name) => value instanceof sdk[name]);
}

function* upTo(start, ...ends) {
  for (let holder = start; holder && !ends.includes(holder) && holder !== Object.prototype && holder !== Function.prototype; holder = Object.getPrototypeOf(holder)) {
    yield holder;
  }
}

/** Whether the watched call was made by a scenario, or by the page on its behalf. */
function byScenario() {
  const frames = new Error().stack.split("\n").filter((line) => line.includes("://") && !line.includes("/coverage.js"));
  return frames[0]?.includes("/conformance/") ?? false;
}

function use(name) {
  if (!touched.has(name) && byScenario()) touched.add(name);
}

function wrapMembers(holder, prefix, onlyMethods = false) {
  for (const name of Object.getOwnPropertyNames(holder).filter(isPublic)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (!descriptor.configurable) continue;
    const label = prefix + name;
    if (typeof descriptor.value === "function") {
      Object.defineProperty(holder, name, { ...descriptor, value: watched(descriptor.value, label) });
    } else if (descriptor.get !== undefined && !onlyMethods) {
      Object.defineProperty(holder, name, { ...descriptor, get: watched(descriptor.get, label) });
    }
  }
}

const proxies = new WeakSet();

/** Looks like the function itself: with its name, its number of arguments, its statics. */
function watched(work, label) {
  const proxy = new Proxy(work, {
    apply(target, self, args) {
      use(label);
      const given = adopt(Reflect.apply(target, self, args));
      if (PAGES.includes(label)) given.then(adopt, () => {});
      return given;
    },
  });
  proxies.add(proxy);
  return proxy;
}

function watchedClass(owner, label) {
  return new Proxy(owner, {
    construct(target, args, made) {
      use(label);
      return adopt(Reflect.construct(target, args, made));
    },
  });
}

function wrapField(object, name, label) {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  // An accessor of the object's class is watched there.
  if (descriptor === undefined ? name in object : !descriptor.configurable || !("value" in descriptor)) return;
  let value = descriptor?.value;
  // Once: a function that is the same as another stays so.
  if (typeof value === "function" && !proxies.has(value)) value = watched(value, label);
  Object.defineProperty(object, name, {
    configurable: true,
    enumerable: descriptor?.enumerable ?? false,
    get() {
      use(label);
      return value;
    },
    set(changed) {
      value = changed;
    },
  });
}

/** An event counts when it is emitted to somebody of the scenario. */
function watchEvents(emitter) {
  const heard = new WeakMap();
  const emitted = new WeakMap();
  for (const name of LISTENING) {
    const listen = emitter[name];
    if (listen === undefined) continue;
    const listening = new Proxy(listen, {
      apply(target, self, args) {
        if (byScenario()) {
          heard.set(self, (heard.get(self) ?? new Set()).add(args[0]));
          if (name.includes("Replay") && emitted.get(self)?.has(args[0])) touched.add(`event ${nameOf(self)}: ${args[0]}`);
        }
        return Reflect.apply(target, self, args);
      },
    });
    Object.defineProperty(emitter, name, { value: listening, writable: true, configurable: true });
  }
  const emit = emitter.emit;
  const emitting = new Proxy(emit, {
    apply(target, self, args) {
      emitted.set(self, (emitted.get(self) ?? new Set()).add(args[0]));
      if (heard.get(self)?.has(args[0])) touched.add(`event ${nameOf(self)}: ${args[0]}`);
      return Reflect.apply(target, self, args);
    },
  });
  Object.defineProperty(emitter, "emit", { value: emitting, writable: true, configurable: true });
}
