/** `<people-panel>`: who is in the conversation, how far they have read, adding and removing. */

import { fill, h, newId } from "../lib/dom.js";

class PeoplePanel extends HTMLElement {
  show(room, signal) {
    this.room = room;
    if (this.list === undefined) this.#build();
    for (const name of ["people", "messages"]) room.addEventListener(name, () => this.#fill(), { signal });
    this.#fill();
  }

  focusField() {
    this.field.focus();
  }

  #build() {
    const id = newId("person");
    this.field = h("input", {
      id,
      "data-part": "add-identity",
      placeholder: "Add a person by identity",
      required: true,
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
    });
    this.list = h("ul", { class: "people", "data-part": "people-list", "aria-label": "Participants" });
    this.append(
      this.list,
      h(
        "form",
        {
          class: "inline-form",
          onsubmit: async (event) => {
            event.preventDefault();
            const identity = this.field.value.trim();
            if (identity !== "" && (await this.room.add(identity))) this.field.value = "";
          },
        },
        h("label", { for: id, class: "visually-hidden" }, "Identity of the person to add"),
        this.field,
        h("button", { "data-part": "add-person" }, "Add"),
      ),
    );
  }

  #fill() {
    const { room } = this;
    fill(
      this.list,
      room.participants.map((one) => {
        const own = one.identity === room.session.identity;
        const name = one.identity ?? one.sid;
        return h(
          "li",
          { "data-identity": name },
          h("span", { class: "avatar small", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase()),
          h("span", { class: "person-name" }, own ? `${name} (you)` : name),
          h("span", { class: "person-read" }, this.#read(one)),
          !own &&
            h("button", { type: "button", class: "quiet", onclick: () => room.expel(one) }, "Remove", h("span", { class: "visually-hidden" }, ` ${name}`)),
        );
      }),
    );
  }

  #read({ lastReadMessageIndex }) {
    if (lastReadMessageIndex === null) return "has read nothing";
    const newest = this.room.conversation.lastMessage?.index ?? -1;
    return lastReadMessageIndex >= newest ? "has read everything" : `has read up to #${lastReadMessageIndex}`;
  }
}

customElements.define("people-panel", PeoplePanel);
