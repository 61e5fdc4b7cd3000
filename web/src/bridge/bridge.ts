/**
 * The page's end of the bridge: sends calls, applies what the core reports, in the core's order.
 *
 * The protocol is described in `pyconvo/bridge/__init__.py`. Not responsible for how text travels (`port`), for
 * handles (`registry`), or for what the objects look like (`facade/`).
 */

import { decode, decodeError, encode, type WireError } from "./codec.js";
import { macrotaskScheduler } from "./macrotask.js";
import type { Link } from "./port.js";
import { type Caller, entryOf, Registry, type Session, type Told } from "./registry.js";
import { store } from "./stored.js";

/** What the bridge needs of the objects: their prototypes, and how to deliver an event. */
export interface Objects {
  prototypes: Record<string, object>;
  /** A new object of ours (not a client), with what the core has told of it so far. */
  made(object: object, session: Session): void;
  /** Take the listeners that there are now; the result calls them, true if there were any. Must not throw. */
  delivery(object: object, event: string, args: unknown[]): () => boolean;
  /** Remember for replay only. */
  remember(object: object, event: string, args: unknown[]): void;
  /** A line of the core's log. */
  log(level: string, name: string, text: string): void;
  /** The client cannot work: `error` is final. */
  failed(client: object, error: unknown): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  session: Session;
  /** Keeps the objects of the call alive until it is answered. */
  held: unknown;
  progress: ((value: unknown) => void) | undefined;
}

type Operation =
  | { op: "add"; client: number; target: number; class: string; state: Told }
  | { op: "past"; target: number; events: Record<string, unknown[]> }
  | { op: "patch"; target: number; state: Record<string, unknown> }
  | { op: "event"; target: number; name: string; args: unknown[]; also?: [number, string][] }
  | { op: "answer"; id: number; value?: unknown; error?: WireError }
  | { op: "progress"; id: number; value: unknown }
  | { op: "failed"; target: number; error: WireError }
  | { op: "gone"; handles: number[] };

/** Not in the order of the others: no listener can tell when it is carried out. */
type Aside =
  | { op: "log"; level: string; name: string; text: string }
  | { op: "store"; key: string; value: string | null };

export class Bridge implements Caller {
  readonly registry: Registry;
  private readonly pending = new Map<number, Pending>();
  private readonly later = macrotaskScheduler();
  private inbox: Operation[] = [];
  /** How many of the inbox have been applied. */
  private applied = 0;
  private outbox: unknown[] = [];
  private releases: [number, number][] = [];
  private draining = false;
  private nextCall = 1;
  private nextHandle = -1;
  private failure: unknown;

  constructor(
    private readonly link: Link,
    private readonly objects: Objects,
  ) {
    const release = (handle: number, seen: number): void => {
      if (this.releases.push([handle, seen]) === 1) queueMicrotask(() => this.sendReleases());
    };
    this.registry = new Registry(objects.prototypes, (object, session) => objects.made(object, session), release);
    link.onMessage((text) => {
      const operations = (JSON.parse(text) as (Operation | Aside)[]).filter((one): one is Operation => {
        if (one.op === "log") objects.log(one.level, one.name, one.text);
        else if (one.op === "store") store(one.key, one.value);
        else return true;
        return false;
      });
      if (this.inbox.length === 0) this.inbox = operations;
      else for (const operation of operations) this.inbox.push(operation);
      if (!this.draining) this.drain();
    });
  }

  /**
   * Make a client behind `client`, which exists already; returns its session. `stored`: what the page has kept
   * (`stored.ts`); without it the core keeps nothing.
   */
  open(client: object, token: string, options: unknown, stored?: Record<string, string>): Session {
    const handle = this.nextHandle--;
    const user = this.nextHandle--;
    const session = this.registry.open(handle, client, this);
    const owner = this.registry.enter(user, "User", session);
    entryOf(client).state["user"] = owner;
    if (this.failure === undefined) {
      this.put({ op: "new", handle, user, args: [token, options].map((value) => encode(value, this.registry)), stored });
    } else {
      this.later(() => this.failSession(session, this.failure));
    }
    return session;
  }

  /** Call a method of one of our objects. Rejects with the core's error, or with that of the boot. */
  call(
    target: object,
    method: string,
    args: readonly unknown[],
    onId?: (id: number) => void,
    progress?: (value: unknown) => void,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { session, handle } = entryOf(target);
      if (session.failure !== undefined) throw session.failure;
      const encoded = args.map((value) => encode(value, this.registry));
      const id = this.nextCall++;
      this.pending.set(id, { resolve, reject, session, held: [target, args], progress });
      onId?.(id);
      const wanted = progress === undefined ? {} : { progress: true };
      this.put({ op: "call", id, client: session.handle, target: handle, method, args: encoded, ...wanted });
    });
  }

  cancel(id: number): void {
    if (this.pending.has(id)) this.put({ op: "cancel", id });
  }

  /** The core is lost or never came: everything asked, and everything to be asked, fails with `error`. */
  fail(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.outbox = [];
    for (const session of this.registry.allSessions()) this.failSession(session, error);
  }

  private failSession(session: Session, error: unknown): void {
    if (session.failure !== undefined) return;
    session.failure = error;
    for (const [id, call] of this.pending) {
      if (call.session !== session) continue;
      this.pending.delete(id);
      call.reject(error);
    }
    const client = this.registry.living(session.handle);
    if (client !== undefined) this.objects.failed(client, error);
    session.pinned.clear();
  }

  private put(operation: unknown): void {
    if (this.failure !== undefined) return;
    if (this.outbox.push(operation) === 1) queueMicrotask(() => this.flush());
  }

  private flush(): void {
    if (this.outbox.length === 0) return;
    const operations = this.outbox;
    this.outbox = [];
    this.link.send(JSON.stringify(operations));
  }

  private sendReleases(): void {
    const handles = this.releases;
    this.releases = [];
    this.put({ op: "release", handles });
  }

  /**
   * Applies what has arrived. After something that user code may be waiting for (an answer, an event with
   * listeners), the rest waits for a new task, so that code behind an `await` runs before what came later, as it
   * would if every report had come in a packet of its own.
   */
  private drain(): void {
    this.draining = true;
    while (this.applied < this.inbox.length) {
      let pause = false;
      try {
        pause = this.apply(this.inbox[this.applied++] as Operation);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
      if (pause && this.applied < this.inbox.length) return this.later(() => this.drain());
    }
    this.inbox = [];
    this.applied = 0;
    this.draining = false;
  }

  /** True if user code may have been woken that has to run before the next operation. */
  private apply(operation: Operation): boolean {
    switch (operation.op) {
      case "add":
        this.registry.add(operation.client, operation.target, operation.class, operation.state);
        return false;
      case "patch":
        this.registry.patch(operation.target, operation.state);
        return false;
      case "past":
        for (const [name, args] of Object.entries(operation.events)) {
          const values = decode(args, this.registry) as unknown[];
          const object = this.registry.living(operation.target);
          if (object !== undefined) this.objects.remember(object, name, values);
        }
        return false;
      case "event":
        return this.deliver(operation);
      case "answer":
        this.answer(operation.id, operation.value, operation.error);
        return true;
      case "progress": {
        const progress = this.pending.get(operation.id)?.progress;
        progress?.(decode(operation.value, this.registry));
        return progress !== undefined;
      }
      case "failed": {
        const session = this.registry.session(operation.target);
        if (session !== undefined) this.failSession(session, decodeError(operation.error, this.registry));
        return true;
      }
      case "gone":
        this.registry.gone(operation.handles);
        return false;
    }
  }

  /**
   * One change is told at several levels (conversation, client) in one go; code in between would surprise. Listeners that
   * come meanwhile hear the next one.
   */
  private deliver({ target, name, args, also }: Operation & { op: "event" }): boolean {
    const values = decode(args, this.registry) as unknown[];
    const deliveries = [[target, name] as [number, string], ...(also ?? [])].map(([handle, event]) => {
      const object = this.registry.living(handle);
      return object === undefined ? () => false : this.objects.delivery(object, event, values);
    });
    const told = deliveries.map((deliver) => deliver());
    const goesOn = name === "stateChanged" && this.inbox[this.applied]?.op === "event";
    return told.includes(true) && !goesOn;
  }

  private answer(id: number, value: unknown, error: WireError | undefined): void {
    const call = this.pending.get(id);
    this.pending.delete(id);
    try {
      const decoded = error === undefined ? decode(value, this.registry) : decodeError(error, this.registry);
      if (error === undefined) call?.resolve(decoded);
      else call?.reject(decoded);
    } catch (problem) {
      // An answer that cannot be read is one all the same: nobody waits for ever.
      call?.reject(problem);
    }
  }
}
