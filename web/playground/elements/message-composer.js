/** `<message-composer>`: the field to write in. Enter sends, Shift+Enter breaks the line. */

import { h, icon, newId } from "../lib/dom.js";

class MessageComposer extends HTMLElement {
  #drafts = new Map();

  show(room) {
    if (this.field === undefined) this.#build();
    if (this.room) this.#drafts.set(this.room.conversation.sid, this.field.value);
    this.room = room;
    this.field.value = this.#drafts.get(room.conversation.sid) ?? "";
    this.#grow();
  }

  enable(on) {
    this.hidden = !on;
  }

  #build() {
    const id = newId("message");
    this.field = h("textarea", {
      id,
      "data-part": "message-field",
      rows: "1",
      placeholder: "Write a message",
      enterkeyhint: "send",
      oninput: () => {
        this.#grow();
        if (this.field.value !== "") void this.room.type();
      },
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#send();
      },
    });
    this.append(
      h(
        "form",
        {
          class: "composer",
          onsubmit: (event) => {
            event.preventDefault();
            this.#send();
          },
        },
        h("label", { for: id, class: "visually-hidden" }, "Message"),
        this.field,
        h(
          "button",
          { class: "primary icon-button round", "data-part": "send", title: "Send" },
          icon("send"),
          h("span", { class: "visually-hidden" }, "Send"),
        ),
      ),
    );
  }

  #send() {
    const body = this.field.value.trim();
    if (body === "") return;
    this.field.value = "";
    this.#grow();
    void this.room.send(body);
    this.field.focus();
  }

  /** As high as its text, within the limits of the style sheet. */
  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
  }
}

customElements.define("message-composer", MessageComposer);
