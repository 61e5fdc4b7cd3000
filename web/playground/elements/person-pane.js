/**
 * `<person-pane>`: one person with everything they see. Puts the parts together and opens conversations.
 * Not responsible for what the parts show.
 */

import { fill, h, icon } from "../lib/dom.js";
import { explain } from "../lib/words.js";
import { Room } from "../model/room.js";

export class PersonPane extends HTMLElement {
  #room = null;

  /** Call once: the person, and the session of the person beside them. */
  begin(session, other) {
    this.session = session;
    this.#build(other);
    session.addEventListener("phase", () => this.#phase());
    session.addEventListener("problem", ({ detail }) => this.#problem(detail));
    session.addEventListener("conversationRemoved", (/** @type {any} */ event) => {
      if (this.#room?.conversation.sid === event.detail.sid) this.#close();
    });
    this.addEventListener("open-conversation", (/** @type {any} */ event) => this.#open(event.detail));
    this.addEventListener("close-conversation", () => this.#showList());
    this.#phase();
  }

  #build(other) {
    const { session } = this;
    this.avatar = h("span", { class: "avatar", "aria-hidden": "true" });
    this.name = h("h2", { "data-part": "name" });
    this.panel = h("session-panel", { id: `${this.id}-session`, hidden: true });
    this.gear = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "data-part": "settings",
        "aria-expanded": "false",
        "aria-controls": this.panel.id,
        title: "Person, token and connection",
        onclick: () => this.#togglePanel(),
      },
      icon("settings"),
      h("span", { class: "visually-hidden" }, "Person, token and connection"),
    );
    this.state = h("connection-state");
    this.clock = h("token-clock");
    this.notice = h("div", { class: "notices", role: "alert", "data-part": "notices" });
    this.live = h("div", { class: "visually-hidden", "aria-live": "polite", "data-part": "live" });
    this.list = h("conversation-list");
    this.chat = h("chat-room");
    this.events = h("event-log");
    this.append(
      h(
        "header",
        { class: "pane-head" },
        this.avatar,
        h("div", { class: "pane-title" }, this.name, this.state),
        this.clock,
        this.gear,
      ),
      this.panel,
      this.notice,
      h("div", { class: "pane-body" }, this.list, this.chat),
      this.events,
      this.live,
    );
    for (const part of [this.panel, this.state, this.clock, this.events]) part.begin(session);
    this.list.begin(session, other);
    this.chat.begin(session);
    this.#showList();
  }

  #togglePanel(show = this.panel.hidden) {
    this.panel.hidden = !show;
    this.gear.setAttribute("aria-expanded", String(show));
    if (show) this.panel.querySelector("input").focus();
  }

  #phase() {
    const { session } = this;
    this.dataset.identity = session.identity;
    this.dataset.phase = session.phase;
    this.setAttribute("aria-label", session.identity);
    this.name.textContent = session.identity;
    this.avatar.textContent = session.identity.slice(0, 1).toUpperCase();
    if (session.phase === "starting") fill(this.notice);
    if (session.phase === "ready") this.#togglePanel(false);
    if (session.phase !== "ready") this.#close();
    this.dispatchEvent(new CustomEvent("person-changed", { bubbles: true }));
  }

  async #open(conversation) {
    if (this.#room?.conversation !== conversation) {
      this.#room?.close();
      this.#room = new Room(this.session, conversation);
      this.#room.addEventListener("arrived", ({ detail }) => {
        this.live.textContent = `${detail.author}: ${detail.body ?? "a message"}`;
      });
      this.chat.show(this.#room);
      this.list.select(conversation);
      this.dataset.view = "chat";
      await this.#room.open();
    } else {
      this.dataset.view = "chat";
      this.chat.show(this.#room);
      this.list.select(conversation);
    }
  }

  #close() {
    this.#room?.close();
    this.#room = null;
    this.chat.show(null);
    this.#showList();
  }

  /** Where there is no room for both, the list takes the chat's place. */
  #showList() {
    this.dataset.view = "list";
    this.list.select(this.#room?.conversation ?? null);
  }

  #problem({ what, error }) {
    const notice = h(
      "div",
      { class: "notice" },
      h("span", { class: "notice-sign", "aria-hidden": "true" }, "!"),
      h("p", {}, h("strong", {}, `${what}. `), explain(error)),
      h(
        "button",
        { type: "button", class: "icon-button small", onclick: () => notice.remove() },
        icon("close"),
        h("span", { class: "visually-hidden" }, "Dismiss"),
      ),
    );
    this.notice.append(notice);
    while (this.notice.children.length > 3) this.notice.firstElementChild.remove();
  }
}

customElements.define("person-pane", PersonPane);
