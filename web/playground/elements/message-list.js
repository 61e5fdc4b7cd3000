/**
 * `<message-list>`: the loaded messages, oldest first; loads earlier ones when scrolled to the top, follows the newest
 * while at the bottom, and marks as read what is on the screen. Not responsible for a single message.
 */

import { h, icon, isShown } from "../lib/dom.js";
import { timeOfDay, together } from "../lib/words.js";

const NEAR = 60;

class MessageList extends HTMLElement {
  #rows = new Map();

  show(room, signal) {
    this.room = room;
    if (this.list === undefined) this.#build();
    this.list.replaceChildren();
    this.#rows.clear();
    this.following = true;
    this.bottom = 0;
    this.scroller.setAttribute("aria-label", "Messages");
    for (const name of ["messages", "people"]) room.addEventListener(name, () => this.#update(), { signal });
    document.addEventListener("visibilitychange", () => this.seen(), { signal });
    this.#update();
  }

  /** What is on the screen now counts as read. */
  seen() {
    if (this.room !== undefined && this.following && isShown(this)) void this.room.markRead();
  }

  #build() {
    this.earlier = h(
      "button",
      { type: "button", class: "quiet earlier", "data-part": "earlier", onclick: () => this.#loadEarlier() },
      "Show earlier messages",
    );
    this.note = h("p", { class: "hint centred", "data-part": "messages-note" });
    this.list = h("ol", { class: "messages", "data-part": "messages" });
    this.scroller = h(
      "div",
      { class: "scroller", tabindex: "0", role: "group", onscroll: () => this.#scrolled() },
      this.earlier,
      this.note,
      this.list,
    );
    this.newer = h(
      "button",
      { type: "button", class: "newer", hidden: true, onclick: () => this.#follow() },
      icon("down"),
      "Newest",
    );
    this.append(this.scroller, this.newer);
    new ResizeObserver(() => this.following && this.#toBottom()).observe(this.scroller);
  }

  #scrolled() {
    const { scroller } = this;
    this.following = this.#atBottom();
    this.newer.hidden = this.following;
    if (this.following) this.seen();
    if (scroller.scrollTop < NEAR && this.room.hasEarlier && this.room.loaded) void this.#loadEarlier();
  }

  async #loadEarlier() {
    await this.room.loadEarlier();
  }

  #follow() {
    this.#toBottom();
    this.scroller.focus({ preventScroll: true });
  }

  #toBottom() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.bottom = this.scroller.scrollTop;
  }

  #atBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #update() {
    const { room, scroller } = this;
    // Someone has just scrolled up, and the browser has not told yet.
    if (this.following && scroller.scrollTop < this.bottom && !this.#atBottom()) this.following = false;
    const [heightBefore, topBefore, firstBefore] = [scroller.scrollHeight, scroller.scrollTop, this.list.firstElementChild];
    this.scroller.setAttribute("aria-busy", String(room.loading));
    this.earlier.hidden = !room.hasEarlier;
    this.earlier.disabled = room.loading;
    this.earlier.textContent = room.loading ? "Loading…" : "Show earlier messages";
    this.#reconcile(this.#wanted());
    const empty = room.messages.length + room.pending.length === 0;
    this.note.hidden = !empty;
    this.note.textContent = room.loading ? "Loading messages…" : room.joined ? "No messages yet. Say hello!" : "";
    if (this.following) this.#toBottom();
    // Keep in place what the eye is on when older messages come in above it.
    else if (firstBefore !== null && this.list.firstElementChild !== firstBefore) {
      scroller.scrollTop = topBefore + scroller.scrollHeight - heightBefore;
    }
    this.seen();
  }

  /** Rows as `[key, state]`, oldest first. */
  #wanted() {
    const { room } = this;
    const { messages } = room;
    const own = messages.filter((message) => message.author === room.session.identity);
    const newestRead = own.findLast((message) => room.readers(message.index).length > 0);
    const rows = messages.map((message, place) => {
      const [previous, next] = [messages[place - 1], messages[place + 1]];
      const isOwn = message.author === room.session.identity;
      let receipt = "";
      if (message === newestRead) receipt = `Read by ${together(room.readers(message.index))}`;
      else if (message === own.at(-1)) receipt = "Sent";
      const isFirst = previous?.author !== message.author;
      const isLast = next?.author !== message.author || timeOfDay(next.dateCreated) !== timeOfDay(message.dateCreated);
      return [message.index, { room, message, isOwn, receipt, isFirst, isLast }];
    });
    for (const entry of room.pending) rows.push([`pending-${entry.id}`, { room, entry, isOwn: true, receipt: "" }]);
    return rows;
  }

  #reconcile(wanted) {
    const keys = new Set(wanted.map(([key]) => key));
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    wanted.forEach(([key, state], place) => {
      let row = this.#rows.get(key);
      if (row === undefined) {
        row = h("li", {}, h("chat-message"));
        this.#rows.set(key, row);
      }
      if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place] ?? null);
      row.firstElementChild.show(state);
    });
  }
}

customElements.define("message-list", MessageList);
