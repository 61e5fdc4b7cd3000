/** The clock and the faults: what can be done to the clients. Not responsible for planning anything (the emulator is). */

import { details, h, update } from "./dom.js";
import { act } from "./service.js";

class ClockPanel extends HTMLElement {
  connectedCallback() {
    const now = h("time", { class: "now" }, "…");
    const seconds = h("input", { type: "number", value: "60", min: "0", step: "any", "data-part": "seconds" });
    const freeze = h("button", { type: "button", "data-part": "freeze", "aria-pressed": "false" }, "Freeze");
    const advance = (event) => {
      event.preventDefault();
      const value = Number(seconds.value);
      void act(`The clock went ${value} s forward.`, "POST", "clock", { advance: value });
    };
    freeze.addEventListener("click", () => {
      const stop = freeze.getAttribute("aria-pressed") !== "true";
      void act(stop ? "The clock stands still." : "The clock runs.", "POST", "clock", { freeze: stop });
    });
    this.append(
      now,
      h(
        "form",
        { class: "row", onsubmit: advance },
        h("label", {}, "Seconds", seconds),
        h("button", { "data-part": "advance" }, "Advance"),
        freeze,
      ),
    );
    document.addEventListener("emulator:clock", (/** @type {any} */ { detail }) => {
      now.textContent = detail.iso.replace("T", " ").replace("Z", " UTC") + (detail.frozen ? " · frozen" : "");
      now.setAttribute("datetime", detail.iso);
      freeze.setAttribute("aria-pressed", String(detail.frozen));
      freeze.textContent = detail.frozen ? "Resume" : "Freeze";
    });
  }
}

const EVERYBODY = "";

class FaultPanel extends HTMLElement {
  connectedCallback() {
    const who = h("select", { "data-part": "who" }, h("option", { value: EVERYBODY }, "everybody"));
    const chosen = () => (who.value === EVERYBODY ? {} : { identity: who.value });
    const button = (part, words, told, path, body) =>
      h(
        "button",
        { type: "button", "data-part": part, onclick: () => act(told, "POST", path, { ...body, ...chosen() }) },
        words,
      );
    const next = (part, words, fault) => button(part, words, `Planned: ${words.toLowerCase()}.`, "faults", fault);
    const planned = h("ul", { class: "list", "data-part": "planned" });
    this.append(
      h("div", { class: "row" }, h("label", {}, "For", who)),
      h(
        "div",
        { class: "row" },
        button("drop", "Drop sockets", (answer) => `Sockets cut: ${answer.dropped}.`, "connections/drop", {}),
        next("lose", "Lose next notification", { on: "notification", action: "lose" }),
        next("refuse-429", "Refuse next request: 429", { on: "request", action: "refuse", status: 429 }),
        next("refuse-500", "Answer next request: 500", { on: "request", action: "respond", status: 500 }),
        button("expire", "Token expires now", (answer) => `Tokens expired: ${answer.expired}.`, "connections/expire", {}),
        button("warn", "Token expires soon", (answer) => `Clients warned: ${answer.warned}.`, "connections/warn", {}),
      ),
      planned,
      h(
        "button",
        { type: "button", "data-part": "clear", onclick: () => act("No faults are planned.", "DELETE", "faults") },
        "Forget planned faults",
      ),
    );
    document.addEventListener("emulator:state", (/** @type {any} */ { detail }) => {
      choices(who, detail.users.map((user) => user.identity));
    });
    document.addEventListener("emulator:faults", (/** @type {any} */ { detail }) => {
      update(planned, detail.faults, (fault) => fault.id, plannedFault, "None is planned.");
    });
  }
}

function plannedFault(fault) {
  const words = [fault.on, fault.action, fault.status, fault.identity && `for ${fault.identity}`, fault.path];
  const left = fault.times === null ? "for ever" : `${fault.struck ?? 0} of ${fault.times}`;
  return h("li", {}, details(`${words.filter(Boolean).join(" ")} · struck ${left}`, fault));
}

/** Options of a `select` beside its first one; what is chosen stays chosen. */
export function choices(select, values) {
  const wanted = [...new Set([...values, select.value])].filter((value) => value !== EVERYBODY).sort();
  const there = [...select.options].slice(1).map((option) => option.value);
  if (wanted.join("\n") === there.join("\n")) return;
  const value = select.value;
  select.replaceChildren(select.options[0], ...wanted.map((one) => h("option", { value: one }, one)));
  select.value = value;
}

customElements.define("clock-panel", ClockPanel);
customElements.define("fault-panel", FaultPanel);
