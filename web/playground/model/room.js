/**
 * An open conversation: the loaded messages, people, who types, and what is being sent. Tells changes as DOM events
 * `messages`, `people`, `typing`, and `arrived` (detail: a message of someone else).
 * Not responsible for errors' display (the session reports them), nor for when something counts as read.
 */

const PAGE = 30;

export class Room extends EventTarget {
  #listening = [];
  #earlier = null;
  #lastPending = 0;
  #messages = new Map();

  constructor(session, conversation) {
    super();
    this.session = session;
    this.conversation = conversation;
    this.participants = [];
    this.pending = [];
    this.typing = new Set();
    this.loading = false;
    this.loaded = false;
    this.#listen();
  }

  /** Oldest first. */
  get messages() {
    return [...this.#messages.values()].sort((one, other) => one.index - other.index);
  }

  get hasEarlier() {
    return this.#earlier?.hasPrevPage ?? false;
  }

  get joined() {
    return this.conversation.status === "joined";
  }

  get others() {
    return this.participants.filter((participant) => participant.identity !== this.session.identity);
  }

  async open() {
    await Promise.all([this.#loadLatest(), this.#loadPeople()]);
  }

  close() {
    for (const [name, listener] of this.#listening) this.conversation.removeListener(name, listener);
    this.#listening = [];
  }

  async loadEarlier() {
    if (this.loading || !this.hasEarlier) return;
    await this.#load(async () => {
      this.#earlier = await this.#earlier.prevPage();
      return this.#earlier.items;
    });
  }

  async send(body) {
    this.#lastPending += 1;
    const entry = { id: this.#lastPending, body, error: null, index: null };
    this.pending.push(entry);
    this.#tell("messages");
    await this.#deliver(entry);
  }

  async sendAgain(entry) {
    entry.error = null;
    this.#tell("messages");
    await this.#deliver(entry);
  }

  discard(entry) {
    this.pending = this.pending.filter((one) => one !== entry);
    this.#tell("messages");
  }

  edit(message, body) {
    return this.#did("Could not change the message", () => message.updateBody(body));
  }

  remove(message) {
    return this.#did("Could not remove the message", () => message.remove());
  }

  async join() {
    const joined = await this.#did("Could not join", () => this.conversation.join());
    if (joined) await this.open();
    return joined;
  }

  leave() {
    return this.#did("Could not leave", () => this.conversation.leave());
  }

  add(identity) {
    return this.#did(`Could not add ${identity}`, () => this.conversation.add(identity));
  }

  expel(participant) {
    return this.#did(`Could not remove ${participant.identity}`, () => participant.remove());
  }

  /** Says so to the others; the SDK limits how often. A failure is not worth a message. */
  async type() {
    if (this.joined) await this.conversation.typing().catch(() => undefined);
  }

  /** Moves the read horizon to the newest loaded message, never back. */
  async markRead() {
    const newest = this.messages.at(-1)?.index;
    if (!this.joined || newest === undefined || newest <= (this.conversation.lastReadMessageIndex ?? -1)) return;
    if (newest <= (this.marking ?? -1)) return;
    this.marking = newest;
    try {
      await this.conversation.advanceLastReadMessageIndex(newest);
    } catch {
      this.marking = undefined; // tried again with the next message
    }
  }

  /** Identities of those who have read up to `index` or further. */
  readers(index) {
    return this.others.filter((one) => (one.lastReadMessageIndex ?? -1) >= index).map((one) => one.identity ?? one.sid);
  }

  async #deliver(entry) {
    try {
      entry.index = await this.conversation.sendMessage(entry.body);
    } catch (error) {
      entry.error = error;
    }
    this.#settlePending();
    this.#tell("messages");
  }

  /** A sent message stays pending until its event has brought it. */
  #settlePending() {
    this.pending = this.pending.filter((entry) => entry.index === null || !this.#messages.has(entry.index));
  }

  async #loadLatest() {
    await this.#load(async () => {
      this.#earlier = await this.conversation.getMessages(PAGE);
      return this.#earlier.items;
    });
    this.loaded = true;
    this.#tell("messages");
  }

  async #load(fetch) {
    this.loading = true;
    this.#tell("messages");
    try {
      for (const message of await fetch()) this.#messages.set(message.index, message);
    } catch (error) {
      this.session.report("Could not load messages", error);
    }
    this.loading = false;
    this.#tell("messages");
  }

  async #loadPeople() {
    try {
      this.participants = await this.conversation.getParticipants();
    } catch {
      this.participants = []; // not one of them (yet)
    }
    this.#tell("people");
  }

  #listen() {
    const people = () => void this.#loadPeople();
    this.#on("messageAdded", (message) => {
      this.#messages.set(message.index, message);
      this.typing.delete(message.author);
      this.#settlePending();
      this.#tell("typing");
      this.#tell("messages");
      if (message.author !== this.session.identity) this.#tell("arrived", message);
    });
    this.#on("messageUpdated", () => this.#tell("messages"));
    this.#on("messageRemoved", (message) => {
      this.#messages.delete(message.index);
      this.#tell("messages");
    });
    this.#on("participantJoined", people);
    this.#on("participantLeft", (participant) => {
      this.typing.delete(participant.identity);
      this.#tell("typing");
      people();
    });
    this.#on("participantUpdated", () => this.#tell("people"));
    this.#on("updated", () => this.#tell("people"));
    this.#on("typingStarted", (participant) => {
      if (participant.identity === this.session.identity) return;
      this.typing.add(participant.identity);
      this.#tell("typing");
    });
    this.#on("typingEnded", (participant) => {
      this.typing.delete(participant.identity);
      this.#tell("typing");
    });
  }

  #on(name, listener) {
    this.conversation.on(name, listener);
    this.#listening.push([name, listener]);
  }

  /** True when it worked. */
  async #did(what, action) {
    const done = await this.session.attempt(what, async () => {
      await action();
      return true;
    });
    return done === true;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
