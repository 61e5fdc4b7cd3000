/**
 * One person: a client, its token, the conversations it knows, and a log of its events. Tells changes as DOM events:
 * `phase`, `connection`, `token`, `conversations`, `log`, and `problem` (detail: what, error).
 * Not responsible for a conversation's messages (`Room`), nor for showing anything.
 */

import { clientOptions, dropConnection, fetchToken } from "../sdk.js";
import { EVENTS, summary } from "./events.js";
import { Previews } from "./previews.js";
import { Unread } from "./unread.js";

const LOG_LENGTH = 300;

export class Session extends EventTarget {
  constructor(sdk, identity, ttl) {
    super();
    this.sdk = sdk;
    this.identity = identity;
    /** Lifetime of the next token, in seconds. */
    this.ttl = ttl;
    this.autoRenew = true;
    this.client = null;
    /** `signed-out`, `starting`, `ready` or `failed`. */
    this.phase = "signed-out";
    this.connection = "disconnected";
    /** When the token in use ends, in milliseconds since 1970. */
    this.tokenEnds = null;
    this.conversations = new Map();
    this.log = [];
    this.previews = new Previews();
    this.unread = new Unread(this, () => this.#tell("conversations"));
  }

  /** Ends the present client, if any, and starts one for `identity`. */
  async signIn(identity = this.identity, ttl = this.ttl) {
    await this.signOut();
    this.identity = identity;
    this.ttl = ttl;
    this.log = [];
    this.#enter("starting");
    let client;
    try {
      const token = await this.#newToken();
      client = new this.sdk.Client(token, clientOptions());
    } catch (error) {
      this.#enter("failed");
      this.report("Could not sign in", error);
      return;
    }
    this.client = client;
    for (const name of EVENTS) client.on(name, (payload) => this.client === client && this.#heard(name, payload));
  }

  async signOut() {
    const { client } = this;
    this.client = null;
    clearTimeout(this.renewal);
    this.conversations.clear();
    this.unread.clear();
    this.previews.clear();
    this.tokenEnds = null;
    this.connection = "disconnected";
    this.#enter("signed-out");
    this.#tell("conversations");
    this.#tell("connection");
    this.#tell("token");
    // A client that never started cannot always be shut down; it is let go all the same.
    await client?.shutdown().catch(() => undefined);
  }

  /** Get a new token and hand it to the client. */
  async renew() {
    const { client } = this;
    if (client === null) return;
    await this.attempt("Could not renew the token", async () => {
      const token = await this.#newToken();
      await client.updateToken(token);
    });
  }

  async dropConnection() {
    await this.attempt("Could not drop the connection", () => dropConnection(this.identity));
  }

  /** Make a conversation, join it, and add people. */
  async create({ friendlyName, uniqueName, people }) {
    return await this.attempt("Could not create the conversation", async () => {
      const options = { friendlyName, ...(uniqueName ? { uniqueName } : {}) };
      const conversation = await this.client.createConversation(options);
      await conversation.join();
      this.#keep(conversation);
      for (const identity of people) {
        await this.attempt(`Could not add ${identity}`, () => conversation.add(identity));
      }
      return conversation;
    });
  }

  /** A conversation by its sid or unique name. */
  async find(name) {
    return await this.attempt(`Could not open ${name}`, async () => {
      const bySid = /^CH[0-9a-f]{32}$/i.test(name);
      const found = bySid
        ? await this.client.getConversationBySid(name)
        : await this.client.getConversationByUniqueName(name);
      this.#keep(found);
      return found;
    });
  }

  /** Run `action`; a failure is reported with `what` went wrong, and gives undefined. */
  async attempt(what, action) {
    try {
      return await action();
    } catch (error) {
      this.report(what, error);
      return undefined;
    }
  }

  report(what, error) {
    console.warn(`${this.identity}: ${what}`, error);
    this.#tell("problem", { what, error });
  }

  async #newToken() {
    const { ttl } = this;
    const asked = Date.now();
    const token = await fetchToken(this.identity, ttl);
    clearTimeout(this.renewal);
    this.tokenEnds = asked + ttl * 1000;
    this.#tell("token");
    return token;
  }

  #heard(name, payload) {
    this.log.push({ time: new Date(), name, text: summary(name, payload) });
    if (this.log.length > LOG_LENGTH) this.log.shift();
    this.#tell("log");
    this.#react(name, payload);
    this.#tell(name, payload);
  }

  #react(name, payload) {
    switch (name) {
      case "initialized":
        this.#enter("ready");
        void this.#loadAll();
        break;
      case "initFailed":
        this.#enter("failed");
        this.report("The client could not start", payload?.error);
        break;
      case "connectionStateChanged":
        this.connection = payload;
        this.#tell("connection");
        break;
      case "connectionError":
        if (payload?.terminal && this.phase === "ready") this.report("The connection ended", payload);
        break;
      case "tokenAboutToExpire":
        this.#renewInTime();
        break;
      case "tokenExpired":
        if (this.autoRenew) void this.renew();
        break;
      case "conversationAdded":
      case "conversationJoined":
        this.#keep(payload);
        break;
      case "conversationLeft":
        this.unread.forget(payload);
        this.#keep(payload);
        break;
      case "conversationUpdated":
        this.#keep(payload.conversation);
        this.unread.updated(payload.conversation, payload.updateReasons);
        break;
      case "conversationRemoved":
        this.conversations.delete(payload.sid);
        this.unread.forget(payload);
        this.#tell("conversations");
        break;
      case "messageAdded":
        this.unread.messageAdded(payload);
        this.previews.keep(payload);
        break;
      case "messageUpdated":
        this.previews.keep(payload.message);
        break;
      case "messageRemoved":
        this.previews.drop(payload);
        break;
    }
  }

  /** A short-lived token is about to expire from its first moment: half of its life is used all the same. */
  #renewInTime() {
    clearTimeout(this.renewal);
    const left = this.tokenEnds - Date.now();
    this.renewal = setTimeout(() => this.autoRenew && void this.renew(), Math.max(0, left - this.ttl * 500));
  }

  /** Events tell most of them; this makes sure of the rest. */
  async #loadAll() {
    const { client } = this;
    await this.attempt("Could not load the conversations", async () => {
      for (let page = await client.getSubscribedConversations(); ; page = await page.nextPage()) {
        if (this.client !== client) return;
        page.items.forEach((conversation) => this.#keep(conversation));
        if (!page.hasNextPage) return;
      }
    });
  }

  #keep(conversation) {
    this.conversations.set(conversation.sid, conversation);
    this.unread.ensure(conversation);
    this.#tell("conversations");
  }

  #enter(phase) {
    this.phase = phase;
    this.#tell("phase");
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
