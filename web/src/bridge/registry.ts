/**
 * The page's objects by handle: their mirrored state, kept as long as the page or a message on its way needs it.
 *
 * A record outlives its object: when the object is collected, the core is told how many mentions of the handle were
 * seen, and only if none is on its way it lets go (`gone`). Until then a mention brings back an object with the same
 * state. Not responsible for what the objects can do.
 */

import { decode, type References } from "./codec.js";
import { slot } from "./slot.js";
import { type Member, propertiesOf, tableOf } from "./surface.js";

/** Carries calls of our objects to the core. */
export interface Caller {
  /**
   * Rejects with the core's error, or with that of the boot. `onId` gets what `cancel` needs; `progress` is told how the
   * call goes.
   */
  call(
    target: object,
    method: string,
    args: readonly unknown[],
    onId?: (id: number) => void,
    progress?: (value: unknown) => void,
  ): Promise<unknown>;
  cancel(id: number): void;
}

/** One client and what belongs to it. */
export interface Session {
  readonly handle: number;
  readonly caller: Caller;
  /** Kept alive by us: the client until it is shut down, and whoever has listeners. */
  readonly pinned: Set<object>;
  /** Shut down: nothing is kept alive any more. */
  closed: boolean;
  /** Set when this client, or the whole core, can do nothing any more. */
  failure: unknown;
}

export interface Entry {
  readonly handle: number;
  readonly className: string;
  readonly session: Session;
  readonly state: Record<string, unknown>;
  /** What in the state is another object of ours. */
  readonly mentioned: Set<string>;
  seen: number;
  object: WeakRef<object>;
}

const entries = slot<Entry>("entry");

/** The mirror behind one of our objects. Throws a TypeError for anything else. */
export function entryOf(object: object): Entry {
  const entry = entries.get(object);
  if (entry === undefined) throw new TypeError("Illegal invocation: not an object of this SDK");
  return entry;
}

/** Whether `value` is an object with a mirror. */
export function isMirrored(value: unknown): boolean {
  return typeof value === "object" && value !== null && entries.get(value) !== undefined;
}

/** What the core tells of an object: all properties in the table's order, or some by name. */
export type Told = unknown[] | Record<string, unknown>;

/** What an object keeps alive of what its state mentions. */
const held = slot<Record<string, object>>("held");

export class Registry implements References {
  private readonly entries = new Map<number, Entry>();
  private readonly sessions = new Map<number, Session>();
  private readonly collected: FinalizationRegistry<Entry>;

  /**
   * `prototypes` by class name, without one the objects are plain; `made` is told of every new object but clients, once
   * it has its state; `release` tells the core that a handle is no longer held.
   */
  constructor(
    private readonly prototypes: Record<string, object>,
    private readonly made: (object: object, session: Session) => void,
    private readonly release: (handle: number, seen: number) => void,
  ) {
    this.collected = new FinalizationRegistry((entry) => {
      if (entry.object.deref() === undefined) this.release(entry.handle, entry.seen);
    });
  }

  /** A new client's session; `client` itself is the object of `handle`. */
  open(handle: number, client: object, caller: Caller): Session {
    const session: Session = { handle, caller, pinned: new Set(), closed: false, failure: undefined };
    this.sessions.set(handle, session);
    this.enter(handle, "Client", session, client);
    session.pinned.add(client);
    return session;
  }

  /** A record with the table's initial values, and what is `told`; the object is made from the class's prototype. */
  enter(handle: number, className: string, session: Session, object?: object, told?: Told): object {
    const owner = object ?? this.make(className);
    const entry: Entry = {
      handle,
      className,
      session,
      state: initialState(className),
      mentioned: new Set(),
      seen: 0,
      object: new WeakRef(owner),
    };
    this.entries.set(handle, entry);
    this.attach(owner, entry);
    if (told !== undefined) this.patch(handle, told);
    if (className !== "Client") this.made(owner, session);
    return owner;
  }

  /** An object announced by the core (or one that the page made before it was). */
  add(client: number, handle: number, className: string, state: Told): void {
    const session = this.sessions.get(client);
    if (session === undefined) return;
    if (this.entries.has(handle)) this.patch(handle, state);
    else this.enter(handle, className, session, undefined, state);
  }

  patch(handle: number, state: Told): void {
    const entry = this.entries.get(handle);
    if (entry === undefined) {
      // What is mentioned counts all the same.
      decode(state, this);
      return;
    }
    const { members } = tableOf(entry.className);
    if (Array.isArray(state)) {
      propertiesOf(entry.className).forEach((name, at) => this.take(entry, name, members[name], decode(state[at], this)));
    } else {
      for (const name of Object.keys(state)) this.take(entry, name, members[name], decode(state[name], this));
    }
  }

  private take(entry: Entry, name: string, member: Member | undefined, told: unknown): void {
    const value = told === null && member?.undefined ? undefined : told;
    if (isMirrored(value)) this.hold(entry, name, value as object);
    else if (!entry.mentioned.delete(name)) entry.state[name] = value;
    else Object.defineProperty(entry.state, name, { value, writable: true, enumerable: true, configurable: true });
  }

  /** The living object of a handle, if there is one. */
  living(handle: number): object | undefined {
    return this.entries.get(handle)?.object.deref();
  }

  object(handle: number): object {
    const entry = this.entries.get(handle);
    if (entry === undefined) throw new Error(`The core mentioned an unknown object (${handle})`);
    entry.seen++;
    return this.revived(handle) as object;
  }

  /** The object of a handle, made again from its record if it was collected. */
  private revived(handle: number): object | undefined {
    const entry = this.entries.get(handle);
    if (entry === undefined) return undefined;
    const living = entry.object.deref();
    if (living !== undefined) return living;
    const object = this.make(entry.className);
    entry.object = new WeakRef(object);
    this.attach(object, entry);
    for (const key of entry.mentioned) {
      const value = entry.state[key];
      if (isMirrored(value)) this.hold(entry, key, value as object);
    }
    if (entry.className !== "Client") this.made(object, entry.session);
    return object;
  }

  /**
   * Another object in the state is kept alive by the object, not by its record. Records stay until the core has let go:
   * one that kept a conversation alive, which remembers its last message for replay, would keep the message, too, and so
   * itself.
   */
  private hold(entry: Entry, key: string, value: object): void {
    const handle = entryOf(value).handle;
    let reference = new WeakRef(value);
    const get = (): object | undefined => {
      const found = reference.deref() ?? this.revived(handle);
      if (found !== undefined) reference = new WeakRef(found);
      return found;
    };
    Object.defineProperty(entry.state, key, { get, set: undefined, enumerable: true, configurable: true });
    entry.mentioned.add(key);
    const owner = entry.object.deref();
    if (owner === undefined) return;
    const own = held.get(owner);
    if (own === undefined) held.set(owner, { [key]: value });
    else own[key] = value;
  }

  handle(value: object): number | undefined {
    return entries.get(value)?.handle;
  }

  value(className: string, state: Record<string, unknown>): object {
    const object = this.make(className);
    const { members } = tableOf(className);
    for (const [key, value] of Object.entries(state)) {
      if (members[key]?.frozen) Object.freeze(value);
      Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
    }
    return object;
  }

  gone(handles: readonly number[]): void {
    for (const handle of handles) {
      this.entries.delete(handle);
      this.sessions.delete(handle);
    }
  }

  allSessions(): Session[] {
    return [...this.sessions.values()];
  }

  session(handle: number): Session | undefined {
    return this.sessions.get(handle);
  }

  /** How many handles are known (for leak tests). */
  get size(): number {
    return this.entries.size;
  }

  private make(className: string): object {
    return Object.create(this.prototypes[className] ?? Object.prototype) as object;
  }

  private attach(object: object, entry: Entry): void {
    entries.set(object, entry);
    this.collected.register(object, entry);
  }
}

const initial = new Map<string, string>();

/** What the table says that the page reads before the core has spoken; as text, since nobody may share it. */
function initialState(className: string): Record<string, unknown> {
  let text = initial.get(className);
  if (text === undefined) {
    const members = Object.entries(tableOf(className).members).filter(([, member]) => member.initial !== undefined);
    text = members.length === 0 ? "" : JSON.stringify(Object.fromEntries(members.map(([name, member]) => [name, member.initial])));
    initial.set(className, text);
  }
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
