/**
 * The emitter under every public object: Node's `events` plus memory of the last value of each event.
 *
 * Not responsible for which events exist.
 */

import { slot } from "../bridge/slot.js";

type Listener = (...args: never[]) => unknown;
type Name = string | symbol;

interface Registration {
  readonly listener: Listener;
  readonly once: boolean;
}

interface State {
  readonly listeners: Map<Name, readonly Registration[]>;
  readonly last: Map<Name, readonly unknown[]>;
  /** Undefined: as for all emitters. */
  limit: number | undefined;
  /** Told when the first listener comes and when the last one goes. */
  watch: ((used: boolean) => void) | undefined;
}

const states = slot<State>("emitter");
const fired = new WeakSet<Registration>();

function stateOf(emitter: object): State {
  let state = states.get(emitter);
  if (state === undefined) {
    state = { listeners: new Map(), last: new Map(), limit: undefined, watch: undefined };
    states.set(emitter, state);
  }
  return state;
}

function checked(listener: unknown): Listener {
  if (typeof listener === "function") return listener as Listener;
  throw new TypeError(`The "listener" argument must be of type Function. Received type ${typeof listener}`);
}

function add(emitter: ReplayEventEmitter, event: Name, listener: unknown, once: boolean, first: boolean): void {
  const registration = { listener: checked(listener), once };
  const state = stateOf(emitter);
  if (state.listeners.has("newListener")) emitter.emit("newListener", event, listener);
  const present = state.listeners.get(event) ?? [];
  const wasUnused = state.listeners.size === 0;
  const now = first ? [registration, ...present] : [...present, registration];
  state.listeners.set(event, now);
  if (wasUnused) state.watch?.(true);
  const limit = emitter.getMaxListeners();
  if (limit > 0 && now.length === limit + 1) {
    console.warn(`Possible listener leak: ${now.length} listeners of "${String(event)}". See setMaxListeners().`);
  }
}

function remove(emitter: ReplayEventEmitter, event: Name, registration: Registration): void {
  const state = stateOf(emitter);
  const present = state.listeners.get(event) ?? [];
  const left = present.filter((other) => other !== registration);
  if (left.length === present.length) return;
  if (left.length > 0) state.listeners.set(event, left);
  else state.listeners.delete(event);
  if (state.listeners.size === 0) state.watch?.(false);
  if (state.listeners.has("removeListener")) emitter.emit("removeListener", event, registration.listener);
}

/** Remembers an event, and takes the listeners that there are: they are called by {@link tell}. */
function begin(emitter: ReplayEventEmitter, event: Name, args: readonly unknown[]): readonly Registration[] | undefined {
  const state = stateOf(emitter);
  state.last.set(event, args);
  return state.listeners.get(event);
}

function tell(
  listeners: readonly Registration[] | undefined,
  emitter: ReplayEventEmitter,
  event: Name,
  args: readonly unknown[],
  report?: (error: unknown) => void,
): boolean {
  if (listeners === undefined) return false;
  for (const registration of listeners) {
    if (registration.once) {
      if (fired.has(registration)) continue; // by an emission from inside an earlier listener
      fired.add(registration);
      remove(emitter, event, registration);
    }
    if (report === undefined) {
      Reflect.apply(registration.listener, emitter, args);
      continue;
    }
    try {
      Reflect.apply(registration.listener, emitter, args);
    } catch (error) {
      report(error);
    }
  }
  return true;
}

/**
 * Begin to deliver an event of the core; the result calls the listeners that there are now. One that throws stops
 * nothing, its error is reported in a task of its own.
 */
export function delivery(emitter: ReplayEventEmitter, event: string, args: readonly unknown[]): () => boolean {
  const listeners = begin(emitter, event, args);
  return () =>
    tell(listeners, emitter, event, args, (error) => {
      setTimeout(() => {
        throw error;
      });
    });
}

/** Deliver one at once. */
export function dispatch(emitter: ReplayEventEmitter, event: string, args: readonly unknown[]): boolean {
  return delivery(emitter, event, args)();
}

/** Remember an event that happened before anybody could listen. */
export function remember(emitter: object, event: string, args: readonly unknown[]): void {
  const { last } = stateOf(emitter);
  if (!last.has(event)) last.set(event, args);
}

/** `callback(true)` with the first listener, `callback(false)` without the last one. */
export function watchUse(emitter: object, callback: (used: boolean) => void): void {
  stateOf(emitter).watch = callback;
}

const unlimited = new WeakSet<object>();

/** Objects with this prototype may have any number of listeners, unless told otherwise. */
export function liftLimit(prototype: object): void {
  unlimited.add(prototype);
}

export class ReplayEventEmitter {
  // The statics of Node's emitter that page code may know.
  static readonly EventEmitter = ReplayEventEmitter;
  static defaultMaxListeners = 10;

  /** Deprecated by Node. */
  static listenerCount(emitter: ReplayEventEmitter, event: Name): number {
    return emitter.listenerCount(event);
  }

  on(event: Name, listener: Listener): this {
    add(this, event, listener, false, false);
    return this;
  }

  once(event: Name, listener: Listener): this {
    add(this, event, listener, true, false);
    return this;
  }

  addListener(event: Name, listener: Listener): this {
    return this.on(event, listener);
  }

  prependListener(event: Name, listener: Listener): this {
    add(this, event, listener, false, true);
    return this;
  }

  prependOnceListener(event: Name, listener: Listener): this {
    add(this, event, listener, true, true);
    return this;
  }

  off(event: Name, listener: Listener): this {
    checked(listener);
    const present = stateOf(this).listeners.get(event) ?? [];
    const found = [...present].reverse().find((one) => one.listener === listener);
    if (found !== undefined) remove(this, event, found);
    return this;
  }

  removeListener(event: Name, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: Name): this {
    const names = event === undefined ? this.eventNames() : [event];
    for (const name of names) {
      for (const one of [...(stateOf(this).listeners.get(name) ?? [])].reverse()) remove(this, name, one);
    }
    return this;
  }

  onWithReplay(event: Name, listener: Listener): this {
    const last = stateOf(this).last.get(event);
    if (last !== undefined) Reflect.apply(listener, undefined, last);
    return this.on(event, listener);
  }

  addListenerWithReplay(event: Name, listener: Listener): this {
    return this.onWithReplay(event, listener);
  }

  onceWithReplay(event: Name, listener: Listener): this {
    const last = stateOf(this).last.get(event);
    if (last === undefined) return this.once(event, listener);
    Reflect.apply(listener, undefined, last);
    return this;
  }

  emit(event: Name, ...args: unknown[]): boolean {
    if (event === "error" && !stateOf(this).listeners.has(event)) {
      stateOf(this).last.set(event, args);
      throw args[0] instanceof Error ? args[0] : new Error(`Unhandled error. (${String(args[0])})`);
    }
    return tell(begin(this, event, args), this, event, args);
  }

  listenerCount(event: Name): number {
    return stateOf(this).listeners.get(event)?.length ?? 0;
  }

  listeners(event: Name): Listener[] {
    return (stateOf(this).listeners.get(event) ?? []).map((one) => one.listener);
  }

  rawListeners(event: Name): Listener[] {
    return this.listeners(event);
  }

  eventNames(): Name[] {
    return [...stateOf(this).listeners.keys()];
  }

  setMaxListeners(limit: number): this {
    stateOf(this).limit = limit;
    return this;
  }

  getMaxListeners(): number {
    return stateOf(this).limit ?? (unlimited.has(Object.getPrototypeOf(this) as object) ? 0 : ReplayEventEmitter.defaultMaxListeners);
  }
}
