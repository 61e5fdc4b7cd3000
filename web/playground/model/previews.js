/**
 * The newest message of each conversation in a line, as far as events have told it: asking for all would be a request
 * for each conversation.
 */

export class Previews {
  #newest = new Map();

  /** Undefined when the newest message is not known. */
  of(conversation) {
    const known = this.#newest.get(conversation.sid);
    return known?.index === conversation.lastMessage?.index ? known?.text : undefined;
  }

  keep(message) {
    const { sid } = message.conversation;
    if ((this.#newest.get(sid)?.index ?? -1) > message.index) return;
    this.#newest.set(sid, { index: message.index, text: `${message.author}: ${message.body ?? "(no text)"}` });
  }

  drop(message) {
    const { sid } = message.conversation;
    if (this.#newest.get(sid)?.index === message.index) this.#newest.delete(sid);
  }

  clear() {
    this.#newest.clear();
  }
}
