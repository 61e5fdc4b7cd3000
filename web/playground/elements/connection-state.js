/** `<connection-state>`: the client's phase and connection in words, with a sign whose shape differs too. */

import { fill, h } from "../lib/dom.js";

const CONNECTIONS = {
  connected: ["good", "connected"],
  connecting: ["busy", "connecting…"],
  disconnecting: ["busy", "disconnecting…"],
  retrying: ["busy", "reconnecting…"],
  disconnected: ["bad", "disconnected"],
  denied: ["bad", "connection refused"],
};

class ConnectionState extends HTMLElement {
  begin(session) {
    this.setAttribute("role", "status");
    const show = () => {
      const [kind, words] = this.#words(session);
      this.dataset.kind = kind;
      this.dataset.state = session.connection;
      fill(this, h("span", { class: "sign", "aria-hidden": "true" }), words);
    };
    session.addEventListener("phase", show);
    session.addEventListener("connection", show);
    show();
  }

  #words({ phase, connection }) {
    if (phase === "signed-out") return ["off", "signed out"];
    if (phase === "failed") return ["bad", "could not start"];
    if (phase === "starting") return ["busy", connection === "connected" ? "loading…" : "starting…"];
    return CONNECTIONS[connection] ?? ["busy", connection];
  }
}

customElements.define("connection-state", ConnectionState);
