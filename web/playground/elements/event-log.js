/** `<event-log>`: every event the client has told, newest last. Closed at first; its head shows the newest one. */

import { h } from "../lib/dom.js";
import { exactTime } from "../lib/words.js";

class EventLog extends HTMLElement {
  begin(session) {
    this.session = session;
    this.newest = h("span", { class: "log-newest" });
    this.number = h("span", { class: "log-count" }, "0");
    this.rows = h("ol", { class: "log", role: "log", "aria-live": "off", "aria-label": "Events", tabindex: "0", "data-part": "log" });
    this.details = h(
      "details",
      { ontoggle: () => this.#show() },
      h("summary", {}, h("span", {}, "Events"), this.number, this.newest),
      this.rows,
    );
    this.append(this.details);
    session.addEventListener("log", () => this.#later());
    session.addEventListener("phase", () => this.#later());
  }

  #later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = undefined;
      this.#show();
    });
  }

  #show() {
    const { log } = this.session;
    this.number.textContent = String(log.length);
    this.newest.textContent = log.length > 0 ? `${log.at(-1).name} ${log.at(-1).text}` : "";
    if (!this.details.open) return;
    const atEnd = this.rows.scrollHeight - this.rows.scrollTop - this.rows.clientHeight < 30;
    const shown = log[0] === this.first ? this.rows.children.length : 0;
    if (shown === 0) this.rows.replaceChildren();
    this.first = log[0];
    for (const { time, name, text } of log.slice(shown)) {
      this.rows.append(h("li", {}, h("time", {}, exactTime(time)), h("b", {}, name), h("span", {}, text)));
    }
    if (atEnd || shown === 0) this.rows.scrollTop = this.rows.scrollHeight;
  }
}

customElements.define("event-log", EventLog);
