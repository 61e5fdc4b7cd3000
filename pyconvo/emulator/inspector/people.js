/** Who is connected, and what they talk about. */

import { details, h, update } from "./dom.js";
import { act } from "./service.js";

class ClientList extends HTMLElement {
  connectedCallback() {
    const list = h("ul", { class: "list" });
    this.append(list);
    document.addEventListener("emulator:state", (/** @type {any} */ { detail }) => {
      update(list, detail.connections, (one) => one.id, client, "Nobody is connected.");
    });
  }
}

function client(one) {
  const name = one.identity ?? "not logged in";
  return h(
    "li",
    { class: "between", "data-identity": one.identity },
    h("span", {}, h("strong", {}, name), h("span", { class: "soft" }, ` ${one.id}, ${one.subscriptions} subscriptions`)),
    one.identity !== null &&
      h(
        "button",
        {
          type: "button",
          class: "danger",
          "aria-label": `Drop the sockets of ${name}`,
          onclick: () =>
            act((answer) => `Sockets of ${name} cut: ${answer.dropped}.`, "POST", "connections/drop", { identity: name }),
        },
        "Drop",
      ),
  );
}

class ConversationList extends HTMLElement {
  connectedCallback() {
    const list = h("ul", { class: "list" });
    this.append(list);
    document.addEventListener("emulator:state", (/** @type {any} */ { detail }) => {
      update(list, detail.conversations, (one) => one.sid, conversation, "There is none yet.");
    });
  }
}

function conversation(one) {
  const title = one.friendlyName ?? one.uniqueName ?? one.sid;
  const count = (one.lastMessageIndex ?? -1) + 1;
  const shown = h("details", {}, h("summary", {}, h("strong", {}, title), h("span", { class: "soft" }, ` ${count} messages`)));
  shown.append(
    h("p", { class: "soft mono" }, `${one.sid} · ${one.state}`),
    h(
      "ul",
      { "aria-label": `Participants of ${title}` },
      one.participants.map((each) => h("li", {}, details(`${address(each)} · ${each.role}`, each))),
    ),
    h(
      "ol",
      { class: "list", "aria-label": `Latest messages of ${title}` },
      one.messages.map((each) =>
        h("li", {}, details(`${each.index} · ${each.author}: ${each.body ?? "(no text)"}`, each)),
      ),
    ),
  );
  return h("li", { "data-sid": one.sid }, shown);
}

function address(participant) {
  return participant.identity ?? participant.bindings?.address ?? participant.type;
}

customElements.define("client-list", ClientList);
customElements.define("conversation-list", ConversationList);
