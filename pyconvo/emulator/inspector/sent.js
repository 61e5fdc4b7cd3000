/** What left the service for phones, mailboxes, devices and webhooks. */

import { details, h, update } from "./dom.js";
import { act } from "./service.js";

class SentList extends HTMLElement {
  connectedCallback() {
    const kind = (name, title, summary, key, nothing) => {
      const list = h("ul", { class: "list", "data-part": name, "aria-label": title });
      const heading = h("h3", {}, title);
      document.addEventListener(`emulator:${name}`, (/** @type {any} */ { detail }) => {
        heading.textContent = `${title} (${detail.length})`;
        const latest = detail.slice(-100).reverse();
        this.show(list, latest, key, summary, nothing);
      });
      this.append(heading, list);
    };
    kind("outbox", "To phones and mailboxes", sent, "sid", "Nothing was sent to a phone or a mailbox.");
    kind("pushes", "Push notifications", push, "number", "No device would have been told anything.");
    kind("webhooks", "Webhooks", hook, "number", "No webhook was called.");
    this.append(
      h("button", { type: "button", onclick: () => act("The outbox is empty.", "DELETE", "outbox") }, "Empty the outbox"),
    );
  }

  show(list, values, key, summary, nothing) {
    update(list, values, (one) => one[key], (one) => h("li", {}, details(summary(one), one)), nothing);
  }
}

const sent = (one) => `${one.channel} to ${one.to}: ${one.body ?? one.subject ?? "(media)"} · ${one.status ?? "no receipt"}`;
const push = (one) => `${one.channelType} to ${one.identity}${one.withheld ? ` · not sent: ${one.withheld}` : ""}`;
const hook = (one) => `${one.event} (${one.phase}-event) · ${one.result} · ${one.url ?? one.target}`;

customElements.define("sent-list", SentList);
