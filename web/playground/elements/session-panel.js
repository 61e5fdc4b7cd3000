/** `<session-panel>`: who this is, how long tokens live, and switches for trying things out. */

import { find, h, newId } from "../lib/dom.js";

const LIFETIMES = [
  [30, "30 seconds"],
  [240, "4 minutes"],
  [3600, "1 hour"],
  [86400, "24 hours"],
];

class SessionPanel extends HTMLElement {
  begin(session) {
    const [nameId, ttlId, renewId] = [newId("identity"), newId("lifetime"), newId("auto-renew")];
    const name = h("input", {
      id: nameId,
      "data-part": "identity",
      value: session.identity,
      required: true,
      maxlength: "256",
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
    });
    const ttl = h(
      "select",
      { id: ttlId, "data-part": "lifetime" },
      LIFETIMES.map(([seconds, words]) => h("option", { value: seconds, selected: seconds === session.ttl }, words)),
    );
    const auto = h("input", {
      id: renewId,
      type: "checkbox",
      "data-part": "auto-renew",
      onchange: () => (session.autoRenew = auto.checked),
    });
    auto.checked = session.autoRenew;
    const button = (part, words, onclick) => h("button", { type: "button", "data-part": part, onclick }, words);
    this.append(
      h(
        "form",
        {
          class: "session-form",
          onsubmit: (event) => {
            event.preventDefault();
            const identity = name.value.trim();
            if (identity !== "") void session.signIn(identity, Number(ttl.value));
          },
        },
        h("div", { class: "field" }, h("label", { for: nameId }, "Identity"), name),
        h("div", { class: "field" }, h("label", { for: ttlId }, "Token lifetime"), ttl),
        h("button", { class: "primary", "data-part": "sign-in" }, "Sign in"),
      ),
      h(
        "div",
        { class: "session-switches" },
        h("span", { class: "check" }, auto, h("label", { for: renewId }, "Renew the token before it expires")),
        button("drop", "Drop the socket", () => void session.dropConnection()),
        button("sign-out", "Sign out", () => void session.signOut()),
      ),
    );
    session.addEventListener("phase", () => (name.value = session.identity));
    ttl.addEventListener("change", () => (session.ttl = Number(ttl.value)));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") find("[data-part=settings]", this.closest("person-pane")).click();
    });
  }
}

customElements.define("session-panel", SessionPanel);
