/** `<chat-room>`: an open conversation: its title and people, the messages, who types, and the field to write in. */

import { h, icon, newId } from "../lib/dom.js";
import { together, titleOf } from "../lib/words.js";

class ChatRoom extends HTMLElement {
  #stop = null;

  begin(session) {
    this.session = session;
    this.setAttribute("role", "region");
    this.heading = h("h3", { "data-part": "title", tabindex: "-1" });
    this.subtitle = h("p", { class: "subtitle", "data-part": "people-line" });
    this.people = h("people-panel", { hidden: true, id: newId("people") });
    this.peopleButton = this.#button("people", "People", () => this.#togglePeople());
    this.peopleButton.setAttribute("aria-expanded", "false");
    this.peopleButton.setAttribute("aria-controls", this.people.id);
    this.joinButton = h("button", { type: "button", class: "primary", "data-part": "join" }, "Join");
    this.joinButton.addEventListener("click", () => this.#once(this.joinButton, () => this.room.join()));
    this.leaveButton = h("button", { type: "button", class: "quiet", "data-part": "leave" }, "Leave");
    this.leaveButton.addEventListener("click", () => this.#once(this.leaveButton, () => this.room.leave()));
    this.messages = h("message-list");
    this.typing = h("p", { class: "typing", role: "status", "data-part": "typing" });
    this.composer = h("message-composer");
    this.whole = h(
      "div",
      { class: "room" },
      h(
        "header",
        { class: "room-head" },
        this.#button("back", "Back to the conversations", () => {
          this.dispatchEvent(new CustomEvent("close-conversation", { bubbles: true }));
        }),
        h("div", { class: "room-title" }, this.heading, this.subtitle),
        this.peopleButton,
        this.joinButton,
        this.leaveButton,
      ),
      this.people,
      this.messages,
      this.typing,
      this.composer,
    );
    this.nothing = h("p", { class: "hint centred" });
    this.append(this.whole, this.nothing);
    session.addEventListener("phase", () => this.#words());
    this.show(null);
  }

  /** A room, or null for none. */
  show(room) {
    if (room !== null && room === this.room) {
      this.heading.focus({ preventScroll: true });
      this.messages.seen();
      return;
    }
    this.#stop?.abort();
    this.#stop = new AbortController();
    this.room = room;
    this.whole.hidden = room === null;
    this.nothing.hidden = room !== null;
    this.#words();
    if (room === null) {
      this.setAttribute("aria-label", "No conversation chosen");
      return;
    }
    const { signal } = this.#stop;
    this.#togglePeople(false);
    for (const part of [this.people, this.messages, this.composer]) part.show(room, signal);
    room.addEventListener("people", () => this.#head(), { signal });
    room.addEventListener("typing", () => this.#type(), { signal });
    for (const name of ["conversationJoined", "conversationLeft", "conversationUpdated"]) {
      this.session.addEventListener(name, () => this.#head(), { signal });
    }
    this.#head();
    this.#type();
  }

  #words() {
    const ready = this.session.phase === "ready";
    this.nothing.textContent = ready ? "Choose a conversation, or create one." : "";
  }

  #head() {
    const { room } = this;
    this.heading.textContent = titleOf(room.conversation);
    this.setAttribute("aria-label", `Conversation ${titleOf(room.conversation)}`);
    this.joinButton.hidden = room.joined;
    this.leaveButton.hidden = !room.joined;
    this.composer.enable(room.joined);
    const names = room.others.map((one) => one.identity ?? one.sid).sort();
    if (!room.joined) this.subtitle.textContent = "You are not a participant";
    else this.subtitle.textContent = names.length > 0 ? `with ${together(names)}` : "Nobody else yet";
  }

  #type() {
    const names = [...this.room.typing];
    this.typing.textContent = names.length > 0 ? `${together(names)} ${names.length > 1 ? "are" : "is"} typing…` : "";
  }

  #togglePeople(show = this.people.hidden) {
    this.people.hidden = !show;
    this.peopleButton.setAttribute("aria-expanded", String(show));
    if (show) this.people.focusField();
  }

  async #once(button, action) {
    button.disabled = true;
    await action();
    button.disabled = false;
    this.#head();
  }

  #button(name, words, onclick) {
    return h(
      "button",
      { type: "button", class: "icon-button", "data-part": name, title: words, onclick },
      icon(name),
      h("span", { class: "visually-hidden" }, words),
    );
  }
}

customElements.define("chat-room", ChatRoom);
