/** `<chat-message>`: one message, sent or being sent; one's own can be edited and removed. */

import { fill, find, h, newId } from "../lib/dom.js";
import { explain, timeOfDay } from "../lib/words.js";

class ChatMessage extends HTMLElement {
  #editing = false;
  #sure = false;

  show(state) {
    this.state = state;
    const { message, entry, isOwn, receipt, isFirst } = state;
    this.dataset.own = String(isOwn);
    this.dataset.first = String(isFirst ?? true);
    if (message) {
      this.dataset.index = String(message.index);
      this.dataset.author = message.author;
    }
    const facts = message
      ? [message.body, message.dateUpdated?.getTime(), receipt, isFirst, this.#editing, this.#sure]
      : [entry.body, entry.error !== null];
    const key = facts.join("\n");
    if (key === this.key) return;
    this.key = key;
    if (this.#editing) return; // what is being typed stays
    if (message) this.#sent();
    else this.#pending();
  }

  #sent() {
    const { message, isOwn, isFirst, receipt } = this.state;
    const edited = message.dateUpdated && message.dateCreated && message.dateUpdated > message.dateCreated;
    fill(
      this,
      isFirst && !isOwn && h("span", { class: "author" }, message.author ?? "system"),
      isOwn && h("span", { class: "visually-hidden" }, "You: "),
      h("p", { class: "bubble", "data-part": "body" }, message.body ?? "(no text)"),
      h(
        "div",
        { class: "meta" },
        isOwn && this.#actions(),
        h("time", { datetime: message.dateCreated?.toISOString() }, timeOfDay(message.dateCreated)),
        edited && h("span", { "data-part": "edited" }, "edited"),
        receipt && h("span", { class: "receipt", "data-part": "receipt" }, `${receipt === "Sent" ? "✓" : "✓✓"} ${receipt}`),
      ),
    );
  }

  #actions() {
    const words = this.#sure ? "Really remove?" : "Remove";
    return h(
      "span",
      { class: "actions" },
      h("button", { type: "button", class: "link", "data-part": "edit", onclick: () => this.#edit() }, "Edit"),
      h(
        "button",
        {
          type: "button",
          class: this.#sure ? "link danger" : "link",
          "data-part": "remove",
          onclick: () => this.#remove(),
          onblur: () => this.#sure && this.#ask(false),
        },
        words,
      ),
    );
  }

  #pending() {
    const { entry, room } = this.state;
    fill(
      this,
      h("p", { class: "bubble" }, entry.body),
      entry.error === null
        ? h("div", { class: "meta" }, "Sending…")
        : h(
            "div",
            { class: "meta failed", role: "alert" },
            h("span", {}, `Not sent. ${explain(entry.error)}`),
            h("button", { type: "button", class: "link", onclick: () => room.sendAgain(entry) }, "Try again"),
            h("button", { type: "button", class: "link", onclick: () => room.discard(entry) }, "Discard"),
          ),
    );
    this.dataset.failed = String(entry.error !== null);
  }

  /** Removing takes two presses of the same button; a dialog would cover both people. */
  #remove() {
    if (this.#sure) void this.state.room.remove(this.state.message);
    this.#ask(!this.#sure);
    if (this.#sure) find("[data-part=remove]", this).focus();
  }

  #ask(sure) {
    this.#sure = sure;
    this.#again();
  }

  #again() {
    this.key = undefined;
    this.show(this.state);
  }

  #edit() {
    this.#editing = true;
    const id = newId("edit");
    const field = h("textarea", { id, "data-part": "edit-field", rows: "2", value: this.state.message.body ?? "" });
    const done = () => {
      this.#editing = false;
      this.#again();
      find("[data-part=edit]", this)?.focus();
    };
    const save = async () => {
      const body = field.value.trim();
      if (body === "" || body === this.state.message.body) done();
      else if (await this.state.room.edit(this.state.message, body)) done();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") done();
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void save();
    });
    fill(
      this,
      h("label", { for: id, class: "visually-hidden" }, "Change the message"),
      field,
      h(
        "div",
        { class: "meta" },
        h("button", { type: "button", class: "link", "data-part": "save", onclick: save }, "Save"),
        h("button", { type: "button", class: "link", onclick: done }, "Cancel"),
      ),
    );
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }
}

customElements.define("chat-message", ChatMessage);
