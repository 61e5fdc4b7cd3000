/** `<token-clock>`: how long the token still lives, and a button that renews it. */

import { h } from "../lib/dom.js";
import { countdown } from "../lib/words.js";

const SOON = 180;

class TokenClock extends HTMLElement {
  begin(session) {
    this.session = session;
    this.time = h("time", { role: "timer", "data-part": "token-left", "aria-live": "off" });
    this.note = h("span", { class: "token-note" }, "token");
    this.button = h(
      "button",
      { type: "button", class: "quiet", "data-part": "renew", onclick: () => this.#renew() },
      "Renew",
    );
    this.append(h("span", { class: "token-face" }, this.note, this.time), this.button);
    session.addEventListener("token", () => this.#show());
    session.addEventListener("phase", () => this.#show());
    this.#show();
  }

  connectedCallback() {
    this.timer = setInterval(() => this.#show(), 500);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async #renew() {
    this.button.disabled = true;
    await this.session.renew();
    this.button.disabled = false;
  }

  #show() {
    if (this.session === undefined) return;
    const { tokenEnds } = this.session;
    this.hidden = tokenEnds === null;
    if (tokenEnds === null) return;
    const left = (tokenEnds - Date.now()) / 1000;
    const words = left <= 0 ? "expired" : countdown(left);
    if (this.time.textContent !== words) this.time.textContent = words;
    this.note.textContent = left > 0 && left < SOON ? "token ends" : "token";
    this.dataset.soon = String(left < SOON);
  }
}

customElements.define("token-clock", TokenClock);
