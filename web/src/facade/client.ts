/**
 * `Client`: what page authors create. Its class is made per bridge; the rest of its members come from the surface
 * table. Not responsible for anything the core does.
 */

import type { Bridge } from "../bridge/bridge.js";
import { entryOf, type Session } from "../bridge/registry.js";
import { slot } from "../bridge/slot.js";
import { readStored } from "../bridge/stored.js";
import { tableOf, version } from "../bridge/surface.js";
import { ContentTemplate, type TemplateFields } from "./content.js";
import { define } from "./define.js";
import { dispatch, ReplayEventEmitter } from "./emitter.js";
import { lookup } from "./entities.js";
import { deprecated, type Log } from "./log.js";
import { NotificationTypes, parsePush, type PushNotification } from "./push.js";
import { check } from "./validate.js";

type Options = Record<string, unknown>;

/** What the page keeps of a client besides the mirror. */
interface Local {
  token: string;
  /** What the core sent last, under its number. */
  templates: { number: number; templates: readonly ContentTemplate[] };
  /** Settled by the first outcome of the start; `create()` waits for it. */
  readonly started: Promise<void>;
  settle(error?: unknown): void;
}

interface InitRegistration {
  populateInitRegistrations(types: readonly string[]): void;
}

const SYNC_TYPES = ["twilio.sync.event", "com.twilio.rtd.cds.document", "com.twilio.rtd.cds.list", "com.twilio.rtd.cds.map"];

const locals = slot<Local>("client");

function localOf(client: object): Local {
  const local = locals.get(client);
  if (local === undefined) throw new TypeError("Illegal invocation: not a Client");
  return local;
}

function examine(member: string, args: readonly unknown[]): void {
  const problem = check(tableOf("Client").members[member]?.rules ?? [], args, lookup);
  if (problem !== undefined) throw new Error(problem);
}

const OWN_TRANSPORT = ["transport", "twilsockClient", "syncClient", "notificationsClient"];

/** Options as the official SDK copies them. Objects that carry a connection cannot cross to the core. */
function copyOptions(options: Options | undefined): Options {
  for (const name of OWN_TRANSPORT) {
    // Null is none, as it is there.
    if (options?.[name] != null) throw new Error(`The option ${name} is not supported: the connection is our own`);
  }
  return JSON.parse(JSON.stringify(options ?? {})) as Options;
}

/** An event reached the client: `create()` may be waiting for it. Called after the listeners. */
export function clientHeard(client: object, event: string, args: readonly unknown[]): void {
  const local = locals.get(client);
  if (event === "initialized") local?.settle();
  if (event === "initFailed") local?.settle((args[0] as { error?: unknown } | undefined)?.error);
}

/** The client can never work, `error` says why: told like a failed start, or like a lost connection after it. */
export function clientFailed(client: ReplayEventEmitter, error: unknown): void {
  const told = error instanceof Error ? Object.assign(error, { terminal: true }) : error;
  const { state } = entryOf(client);
  if (state["reachabilityEnabled"] !== undefined) {
    state["connectionState"] = "disconnected";
    dispatch(client, "connectionStateChanged", ["disconnected"]);
    dispatch(client, "connectionError", [told]);
    return;
  }
  dispatch(client, "stateChanged", ["failed"]);
  dispatch(client, "initFailed", [{ error: told }]);
  localOf(client).settle(error);
}

export function clientClass(bridgeOf: () => Bridge, log: Log) {
  class Client extends ReplayEventEmitter {
    static readonly version = version;
    readonly version = version;
    /** The static function, as in the official SDK. */
    readonly parsePushNotification = Client.parsePushNotification;

    constructor(...args: [token: string, options?: Options]) {
      super();
      examine("constructor", args);
      const [token, given] = args;
      const options = copyOptions(given);
      options["logLevel"] = log.setLevel(options["logLevel"]);
      let settle: (error?: unknown) => void = () => undefined;
      const started = new Promise<void>((resolve, reject) => {
        settle = (error) => (error === undefined ? resolve() : reject(error as Error));
      });
      started.catch(() => undefined); // told by events; `create()` asks itself
      locals.set(this, { token, templates: { number: 0, templates: [] }, started, settle });
      const { enableSessionStorage = true } = (options["Sync"] ?? {}) as Options;
      bridgeOf().open(this, token, options, enableSessionStorage ? readStored() : undefined);
    }

    /**
     * Deprecated by the official SDK, and complete: resolves when the client has started, or has failed to. Needs no
     * `this`, and makes no client of a subclass, as there.
     */
    static async create(...args: [token: string, options?: Options]): Promise<Client> {
      deprecated("The method Client.create() is deprecated, use new Client() instead.");
      examine("create", args);
      const client = new Client(...args);
      try {
        await localOf(client).started;
      } catch (error) {
        // A core that never came leaves nothing to work with; other failures are the application's to see in events.
        if (entryOf(client).session.failure !== undefined || args[1]?.["throwErrorsAlways"]) throw error;
      }
      return client;
    }

    /** Reads what the platform of a push notification delivered. */
    static parsePushNotification(...args: [payload: object]): PushNotification {
      examine("parsePushNotification", args);
      return parsePush(args[0]);
    }

    /** For a connection that is shared with other products: asks for what this client needs. */
    static populateInitRegistrations(registration: InitRegistration): void {
      registration.populateInitRegistrations([NotificationTypes.TYPING_INDICATOR]);
      registration.populateInitRegistrations(SYNC_TYPES);
    }

    async handlePushNotification(...args: [payload: object]): Promise<void> {
      examine("handlePushNotification", args);
      await entryOf(this).session.caller.call(this, "$ready", []);
      log.write("debug", "pyconvo.client", "a push notification is handled");
      this.emit("pushNotification", parsePush(args[0]));
    }

    /** The same array as long as the core keeps it. */
    async getContentTemplates(): Promise<readonly ContentTemplate[]> {
      const local = localOf(this);
      const told = (await entryOf(this).session.caller.call(this, "$contentTemplates", [local.templates.number])) as {
        number: number;
        templates: TemplateFields[];
      } | null;
      if (told !== null) {
        const templates = Object.freeze(told.templates.map((fields) => new ContentTemplate(fields)));
        local.templates = { number: told.number, templates };
      }
      return local.templates.templates;
    }

    /** Deprecated by the official SDK. */
    get token(): string {
      deprecated("The getter token is deprecated.");
      return localOf(this).token;
    }

    get reachabilityEnabled(): boolean {
      const known = entryOf(this).state["reachabilityEnabled"];
      if (typeof known === "boolean") return known;
      throw new Error("Whether reachability is enabled is not known before the client is initialized");
    }

    async updateToken(...args: [token: string]): Promise<unknown> {
      examine("updateToken", args);
      const { session } = entryOf(this);
      if (session.closed) reopen(session, this);
      const result = await session.caller.call(this, "updateToken", args);
      localOf(this).token = args[0];
      return result;
    }

    async shutdown(): Promise<unknown> {
      const { session } = entryOf(this);
      try {
        return await session.caller.call(this, "shutdown", []);
      } finally {
        session.closed = true;
        session.pinned.clear();
      }
    }
  }
  define(Client, "Client", lookup);
  return Client;
}

/** A new token brings a client that was shut down back to life. */
function reopen(session: Session, client: object): void {
  session.closed = false;
  session.pinned.add(client);
}
