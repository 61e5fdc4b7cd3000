/**
 * `<conversation-list>`: what this person knows, newest first, with unread counts. Sends `open-conversation`.
 */

import { fill, h } from "../lib/dom.js";
import { count, shortTime, titleOf } from "../lib/words.js";

class ConversationList extends HTMLElement {
  #rows = new Map();
  #selected = null;

  begin(session, other) {
    this.session = session;
    this.create = h("new-conversation");
    this.create.begin(session, other);
    this.items = h("ul", { class: "conversations", "data-part": "conversations", "aria-label": "Conversations" });
    this.empty = h("p", { class: "hint" });
    this.append(this.create, this.items, this.empty);
    for (const name of ["conversations", "messageAdded", "messageUpdated", "messageRemoved", "phase"]) session.addEventListener(name, () => this.#later());
    this.#show();
  }

  select(conversation) {
    this.#selected = conversation?.sid ?? null;
    this.#show();
  }

  /** Many events in a row are one change of the list. */
  #later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = undefined;
      this.#show();
    });
  }

  #show() {
    const newest = (one) => (one.lastMessage?.dateCreated ?? one.dateCreated ?? new Date(0)).getTime();
    const sorted = [...this.session.conversations.values()].sort((one, other) => newest(other) - newest(one));
    for (const [sid, row] of this.#rows) {
      if (this.session.conversations.has(sid)) continue;
      row.remove();
      this.#rows.delete(sid);
    }
    sorted.forEach((conversation, place) => {
      const row = this.#rows.get(conversation.sid) ?? this.#row(conversation.sid);
      this.#fillRow(row, conversation);
      // Moving an element takes the focus from it, so only what is out of place is moved.
      if (this.items.children[place] !== row) this.items.insertBefore(row, this.items.children[place] ?? null);
    });
    this.empty.hidden = sorted.length > 0;
    this.empty.textContent = this.#emptyWords();
  }

  #emptyWords() {
    if (this.session.phase === "ready") return "No conversations yet. Create one, or wait until someone adds you.";
    if (this.session.phase === "starting") return "Loading the conversations…";
    return "Sign in to see conversations.";
  }

  #row(sid) {
    const open = () => {
      const conversation = this.session.conversations.get(sid);
      if (conversation) this.dispatchEvent(new CustomEvent("open-conversation", { detail: conversation, bubbles: true }));
    };
    const row = h("li", {}, h("button", { type: "button", class: "conversation", onclick: open }));
    this.#rows.set(sid, row);
    return row;
  }

  #note(conversation) {
    const { lastMessage, status } = conversation;
    if (status !== "joined") return "Not joined";
    if (!lastMessage) return "No messages yet";
    return this.session.previews.of(conversation) ?? `Active ${shortTime(lastMessage.dateCreated)}`;
  }

  #fillRow(row, conversation) {
    const button = row.firstElementChild;
    const unread = this.session.unread.of(conversation);
    const note = this.#note(conversation);
    const facts = [titleOf(conversation), unread, note, conversation.sid === this.#selected];
    const key = facts.join("\n");
    if (button.dataset.key === key) return;
    button.dataset.key = key;
    button.dataset.sid = conversation.sid;
    button.dataset.title = titleOf(conversation);
    button.dataset.unread = String(unread);
    if (conversation.sid === this.#selected) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    fill(
      button,
      h("span", { class: "conversation-title" }, titleOf(conversation)),
      h("span", { class: "conversation-note" }, note),
      unread > 0 &&
        h(
          "span",
          { class: "badge", "data-part": "unread" },
          unread > 99 ? "99+" : String(unread),
          h("span", { class: "visually-hidden" }, ` unread ${count(unread, "message").split(" ")[1]}`),
        ),
    );
  }
}

customElements.define("conversation-list", ConversationList);
