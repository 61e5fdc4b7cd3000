/** What a scenario is given: clients that are watched, calls that are traced, and ways to wait. */

import { describe } from "./describe.js";
import { emulator } from "./control.js";

export const EVENTS = [
  "conversationAdded", "conversationJoined", "conversationLeft", "conversationRemoved", "conversationUpdated",
  "participantJoined", "participantLeft", "participantUpdated", "messageAdded", "messageRemoved", "messageUpdated",
  "typingStarted", "typingEnded", "tokenAboutToExpire", "tokenExpired", "userSubscribed", "userUnsubscribed",
  "userUpdated", "stateChanged", "initialized", "initFailed", "connectionStateChanged", "connectionError", "pushNotification",
];

const PATIENCE = 20_000;
/** Milliseconds of a turn, and how many of them in a row without a word are quiet. */
const TURN = 50;
const QUIET = 7;

export class World {
  Client = globalThis.Twilio.Conversations.Client;
  sdk = globalThis.Twilio.Conversations;
  emulator = emulator;
  #streams = { main: [] };
  #heard = [];
  #waiters = new Set();
  #clients = [];
  #lastLine = performance.now();

  constructor(normaliser) {
    this.normaliser = normaliser;
  }

  /** Adds a line to a stream. Streams are compared one by one: what happens on one client is in order. */
  trace = (label, value, stream = "main") => {
    const text = value === undefined ? label : `${label} ${JSON.stringify(describe(value))}`;
    (this.#streams[stream] ??= []).push(this.normaliser.text(text));
    this.#lastLine = performance.now();
  };

  /** Awaits a call and traces its result or its error. Returns the result, undefined after an error. */
  call = async (label, work) => {
    try {
      const result = await this.#inTime(`call ${label}`, typeof work === "function" ? (async () => work())() : work);
      this.trace(`${label} →`, result === undefined ? "<undefined>" : result);
      return result;
    } catch (error) {
      if (error instanceof Impatience) throw error;
      this.trace(`${label} ✗`, error);
      return undefined;
    }
  };

  /** Failures that nobody hears, and that a scenario causes on purpose. */
  expected = new Set();
  expectUnheard = (message) => void this.expected.add(message);

  /** What becomes of a promise soon: a value, an error, or nothing. For calls that one of the two leaves hanging. */
  outcome = (promise, ms = 3000) =>
    Promise.race([
      promise.then(() => "a value", (error) => `an error: ${error.message}`),
      pause(ms).then(() => "nothing"),
    ]);

  /** A client for `identity`, every event of which goes to the stream `as`. */
  client = async (identity, { as = identity, ttl = 3600, token, options = {}, events = EVENTS } = {}) => {
    const uri = `ws://${location.host}/v3/wsconnect`;
    const given = token ?? (await emulator.token(identity, ttl));
    const made = new this.Client(given, { Twilsock: { uri }, ...options });
    this.#clients.push(made);
    this.watch(made, events, as);
    return made;
  };

  watch = (object, events, as) => {
    this.#streams[as] ??= [];
    for (const event of events) {
      object.on(event, (...args) => {
        this.trace(`${event}`, args.length === 0 ? undefined : args[0], as);
        this.#heard.push({ as, event, args });
        for (const check of [...this.#waiters]) check();
      });
    }
  };

  /** Waits until stream `as` has heard `event` (that `accept` likes) at least `times` times, from the start. */
  until = (as, event, accept = () => true, times = 1) =>
    this.#inTime(
      `${as} to hear ${event}`,
      new Promise((resolve) => {
        const check = () => {
          const hits = this.#heard.filter((one) => one.as === as && one.event === event && accept(...one.args));
          if (hits.length < times) return;
          this.#waiters.delete(check);
          resolve(hits[times - 1].args[0]);
        };
        this.#waiters.add(check);
        check();
      }),
    );

  count = (as, event) => this.#heard.filter((one) => one.as === as && one.event === event).length;

  /** A client that is ready, with all its `conversations` joined. */
  ready = async (identity, conversations = 0, more = {}) => {
    const made = await this.client(identity, more);
    const as = more.as ?? identity;
    await this.until(as, "initialized");
    if (conversations > 0) await this.until(as, "conversationJoined", () => true, conversations);
    await this.subscribed(identity);
    return made;
  };

  /** Waits until the server knows every subscription that the connections of `identity` have asked for. */
  subscribed = async (identity) => {
    let before = -1;
    let same = 0;
    for (const end = performance.now() + PATIENCE; performance.now() < end; await pause(60)) {
      const { connections } = await emulator.state();
      const now = connections.filter((one) => one.identity === identity).reduce((sum, one) => sum + one.subscriptions, 0);
      same = now > 0 && now === before ? same + 1 : 0;
      if (same === 2) return;
      before = now;
    }
    throw new Impatience(`${identity} never finished subscribing`);
  };

  /**
   * Waits until no client has had anything to say for a while. It is counted in turns, and the service takes part in
   * each: on a machine that is busy everything takes longer, and so does this.
   */
  quiet = async () => {
    let calm = Math.min(QUIET - 1, Math.floor((performance.now() - this.#lastLine) / TURN));
    while (calm < QUIET) {
      const before = this.#lastLine;
      await Promise.all([pause(TURN), emulator.clock()]);
      calm = this.#lastLine === before ? calm + 1 : 0;
    }
  };

  pause = pause;

  get streams() {
    return this.#streams;
  }

  async end() {
    await this.quiet();
    const streams = this.#streams;
    this.#streams = { main: [] };
    await Promise.allSettled(
      this.#clients.map((client) => Promise.race([Promise.resolve(client.shutdown()).catch(() => {}), pause(500)])),
    );
    return streams;
  }

  async #inTime(what, promise) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Impatience(`waited ${PATIENCE / 1000} s for ${what}`)), PATIENCE);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export class Impatience extends Error {}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
