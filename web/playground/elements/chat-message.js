/**
 * `<chat-message>`: one message, sent or being sent; one's own can be edited and removed. Its parts are made once and
 * changed in place, so that news about a message never takes the focus from its buttons.
 */

import { fill, h, icon, newId } from "../lib/dom.js";
import { explain, timeOfDay } from "../lib/words.js";

class ChatMessage extends HTMLElement {
  #sure = false;
  #editor = null;

  show(state) {
    this.state = state;
    const { message, entry, isOwn, isFirst = true } = state;
    this.dataset.own = String(isOwn);
    this.dataset.first = String(isFirst);
    if (this.bubble === undefined) this.#build();
    if (message) this.#sent();
    else this.#pending(entry);
  }

  #build() {
    const { isOwn, message } = this.state;
    this.author = h("span", { class: "author" });
    this.bubble = h("p", { class: "bubble", "data-part": "body" });
    this.line = h("div", { class: "line" }, this.bubble, isOwn && message && this.#actions());
    this.meta = h("div", { class: "meta" });
    this.append(this.author, this.line, this.meta);
  }

  #sent() {
    const { message, isOwn, isFirst, isLast, receipt } = this.state;
    this.dataset.index = String(message.index);
    this.dataset.author = message.author;
    const edited = message.dateUpdated && message.dateCreated && message.dateUpdated > message.dateCreated;
    this.author.textContent = isOwn ? "You" : (message.author ?? "system");
    this.author.className = isFirst && !isOwn ? "author" : "visually-hidden";
    const body = message.body ?? "(no text)";
    if (this.bubble.textContent !== body) this.bubble.textContent = body;
    // One time is enough for a run of messages.
    this.meta.hidden = !(isLast || edited || receipt);
    fill(
      this.meta,
      h("time", { datetime: message.dateCreated?.toISOString() }, timeOfDay(message.dateCreated)),
      edited && h("span", { "data-part": "edited" }, "edited"),
      receipt && h("span", { class: "receipt", "data-part": "receipt" }, `${receipt === "Sent" ? "✓" : "✓✓"} ${receipt}`),
    );
  }

  #pending({ body, error }) {
    const { entry, room } = this.state;
    this.dataset.failed = String(error !== null);
    this.author.className = "visually-hidden";
    this.bubble.textContent = body;
    this.meta.classList.toggle("failed", error !== null);
    if (error === null) {
      fill(this.meta, "Sending…");
      return;
    }
    fill(
      this.meta,
      h("span", { role: "alert" }, `Not sent. ${explain(error)}`),
      h("button", { type: "button", class: "link", onclick: () => room.sendAgain(entry) }, "Try again"),
      h("button", { type: "button", class: "link", onclick: () => room.discard(entry) }, "Discard"),
    );
  }

  #actions() {
    this.edit = h(
      "button",
      { type: "button", class: "icon-button small", "data-part": "edit", title: "Edit", onclick: () => this.#edit() },
      icon("edit"),
      h("span", { class: "visually-hidden" }, "Edit"),
    );
    this.remover = h("button", {
      type: "button",
      "data-part": "remove",
      onclick: () => this.#remove(),
      onblur: () => this.#ask(false),
    });
    this.#ask(false);
    return h("span", { class: "actions" }, this.edit, this.remover);
  }

  /** Removing takes two presses of the same button; a dialog would cover both people. */
  #remove() {
    if (this.#sure) void this.state.room.remove(this.state.message);
    this.#ask(!this.#sure);
  }

  #ask(sure) {
    this.#sure = sure;
    this.remover.className = sure ? "confirm" : "icon-button small";
    this.remover.title = sure ? "Press again to remove" : "Remove";
    if (sure) fill(this.remover, "Really remove?");
    else fill(this.remover, icon("remove"), h("span", { class: "visually-hidden" }, "Remove"));
  }

  #edit() {
    const id = newId("edit");
    const field = h("textarea", { id, "data-part": "edit-field", rows: "2", value: this.state.message.body ?? "" });
    const save = async () => {
      const body = field.value.trim();
      if (body === "" || body === this.state.message.body) this.#close();
      else if (await this.state.room.edit(this.state.message, body)) this.#close();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void save();
    });
    this.#editor = h(
      "div",
      { class: "editor" },
      h("label", { for: id, class: "visually-hidden" }, "Change the message"),
      field,
      h(
        "div",
        { class: "editor-buttons" },
        h("button", { type: "button", class: "quiet", onclick: () => this.#close() }, "Cancel"),
        h("button", { type: "button", class: "primary", "data-part": "save", onclick: save }, "Save"),
      ),
    );
    this.line.hidden = true;
    this.line.after(this.#editor);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  #close() {
    this.#editor?.remove();
    this.#editor = null;
    this.line.hidden = false;
    this.edit.focus();
  }
}

customElements.define("chat-message", ChatMessage);
