/** The packets as they pass, newest first: filtered, held still, opened. */

import { clockTime, details, h } from "./dom.js";
import { choices } from "./panels.js";

/** So many are kept in the page, and so many of those that fit the filter are shown. */
const KEPT = 4000;
const SHOWN = 300;

const ARROWS = { "c>s": "↑", "s>c": "↓", open: "●", end: "○" };
const WORDS = { "c>s": "to the service", "s>c": "to the client", open: "socket opened", end: "socket ended" };

class PacketLog extends HTMLElement {
  connectedCallback() {
    this.packets = [];
    this.waiting = [];
    this.people = new Set();
    this.text = h("input", { type: "search", "data-part": "text", placeholder: "list_item_added, CH…" });
    this.who = h("select", { "data-part": "identity" }, h("option", { value: "" }, "everybody"));
    this.way = h(
      "select",
      { "data-part": "direction" },
      h("option", { value: "" }, "both ways"),
      h("option", { value: "c>s" }, "to the service"),
      h("option", { value: "s>c" }, "to the client"),
    );
    this.plain = h("input", { type: "checkbox", "data-part": "quiet" });
    this.pause = h("button", { type: "button", "data-part": "pause", "aria-pressed": "false" }, "Pause");
    this.count = h("p", { class: "soft", "data-part": "count" });
    this.list = h("ol", { class: "packets", "aria-label": "Packets, newest first", tabindex: "0" });
    const clear = h("button", { type: "button", "data-part": "clear" }, "Clear");
    for (const field of [this.text, this.who, this.way, this.plain]) {
      field.addEventListener("input", () => this.showAll());
    }
    this.pause.addEventListener("click", () => this.setPaused(!this.paused));
    clear.addEventListener("click", () => {
      this.packets = [];
      this.waiting = [];
      this.showAll();
    });
    this.append(
      h(
        "div",
        { class: "row", role: "search", "aria-label": "Filter of the packets" },
        h("label", {}, "Text", this.text),
        h("label", {}, "Identity", this.who),
        h("label", {}, "Direction", this.way),
        h("label", { class: "check" }, this.plain, "Hide bare acknowledgements"),
        this.pause,
        clear,
      ),
      this.count,
      this.list,
    );
    document.addEventListener("emulator:log", (/** @type {any} */ { detail }) => this.add(detail.log));
    this.showAll();
  }

  get paused() {
    return this.pause.getAttribute("aria-pressed") === "true";
  }

  setPaused(paused) {
    this.pause.setAttribute("aria-pressed", String(paused));
    this.pause.textContent = paused ? "Follow" : "Pause";
    if (!paused) this.add(this.waiting.splice(0));
    this.tellCount();
  }

  add(entries) {
    if (this.paused) {
      this.waiting.push(...entries);
      this.waiting.splice(0, this.waiting.length - KEPT);
      this.tellCount();
      return;
    }
    const added = entries.map((entry) => ({ entry, words: JSON.stringify(entry).toLowerCase() }));
    this.packets.push(...added);
    this.packets.splice(0, this.packets.length - KEPT);
    for (const { entry } of added) if (entry.identity !== null) this.people.add(entry.identity);
    choices(this.who, this.people);
    this.list.prepend(...added.filter((one) => this.fits(one)).slice(-SHOWN).reverse().map(item));
    while (this.list.children.length > SHOWN) this.list.lastElementChild.remove();
    this.tellCount();
  }

  fits({ entry, words }) {
    return (
      words.includes(this.text.value.trim().toLowerCase()) &&
      (this.who.value === "" || entry.identity === this.who.value) &&
      (this.way.value === "" || entry.dir === this.way.value) &&
      !(this.plain.checked && isBare(entry))
    );
  }

  showAll() {
    this.list.replaceChildren(...this.packets.filter((one) => this.fits(one)).slice(-SHOWN).reverse().map(item));
    this.tellCount();
  }

  tellCount() {
    const waiting = this.paused ? ` · paused, ${this.waiting.length} more since` : "";
    this.count.textContent = `${this.list.children.length} shown of ${this.packets.length}${waiting}`;
  }
}

function item({ entry }) {
  const status = entry.header?.status?.code ?? 200;
  const summary = h(
    "span",
    {},
    h("span", { class: "arrow", "aria-hidden": "true" }, ARROWS[entry.dir], " "),
    clockTime(entry.at),
    ` ${entry.identity ?? entry.connection} `,
    h("span", { class: "soft" }, WORDS[entry.dir], " "),
    h("strong", { class: status >= 400 || entry.malformed ? "wrong" : null }, gist(entry)),
  );
  return h("li", { "data-dir": entry.dir, "data-identity": entry.identity, "data-n": entry.n }, details(summary, entry));
}

/** What a packet is about, in a few words. */
function gist({ header, payload, malformed, by }) {
  if (malformed) return `malformed: ${malformed}`;
  if (header === undefined) return by ? `by ${by}` : "";
  const request = header.http_request;
  const kinds = [header.method];
  if (request) kinds.push(`${request.method} ${request.path}`);
  if (header.method === "notification") kinds.push(payload?.event_type ?? header.message_type);
  for (const status of [header.status, header.http_status]) if (status) kinds.push(`${status.code} ${status.status}`);
  return kinds.filter(Boolean).join(" ");
}

function isBare({ header, payload }) {
  return header?.method === "ping" || (header?.method === "reply" && header.status?.code === 200 && !payload);
}

customElements.define("packet-log", PacketLog);
