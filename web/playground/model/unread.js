/**
 * How many messages are unread, by conversation. The service is asked once; after that events keep count, because
 * answers are cached and no event reports a change of the number. Not responsible for marking anything read.
 */

const AT_ONCE = 4;

export class Unread {
  #counts = new Map();
  #asked = new Set();
  #waiting = [];
  #running = 0;

  constructor(session, changed) {
    this.session = session;
    this.changed = changed;
  }

  /** Zero while it is not known. */
  of(conversation) {
    return this.#counts.get(conversation.sid) ?? 0;
  }

  get total() {
    return [...this.session.conversations.keys()].reduce((sum, sid) => sum + (this.#counts.get(sid) ?? 0), 0);
  }

  clear() {
    this.#counts.clear();
    this.#asked.clear();
    this.#waiting = [];
  }

  /** Ask, unless that has been done. Only participants can. */
  ensure(conversation) {
    if (conversation.status !== "joined" || this.#asked.has(conversation.sid)) return;
    this.#asked.add(conversation.sid);
    if (conversation.lastMessage) this.#load(conversation);
  }

  #load(conversation) {
    this.#waiting.push(conversation);
    void this.#work();
  }

  /** Left or removed. */
  forget(conversation) {
    this.#counts.delete(conversation.sid);
    this.#asked.delete(conversation.sid);
  }

  messageAdded(message) {
    const { conversation } = message;
    if (message.author === this.session.identity) return;
    if (message.index <= (conversation.lastReadMessageIndex ?? -1)) return;
    this.#set(conversation, this.of(conversation) + 1);
  }

  updated(conversation, updateReasons) {
    if (!updateReasons.includes("lastReadMessageIndex")) return;
    const newest = conversation.lastMessage?.index ?? -1;
    if ((conversation.lastReadMessageIndex ?? -1) >= newest) this.#set(conversation, 0);
    else this.#load(conversation);
  }

  async #work() {
    while (this.#running < AT_ONCE && this.#waiting.length > 0) {
      const conversation = this.#waiting.shift();
      this.#running += 1;
      try {
        // Without a read horizon the service knows no number: nothing has been read, so all are unread.
        const count = (await conversation.getUnreadMessagesCount()) ?? (await conversation.getMessagesCount());
        this.#set(conversation, count);
      } catch {
        // Left or removed in the meantime: no number is shown.
      } finally {
        this.#running -= 1;
      }
    }
  }

  #set(conversation, count) {
    this.#counts.set(conversation.sid, count);
    this.changed();
  }
}
