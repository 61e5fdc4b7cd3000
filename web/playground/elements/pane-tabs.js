/**
 * `<pane-tabs>`: where two panes do not fit side by side, chooses the one shown. The style sheet hides it elsewhere.
 */

import { fill, h } from "../lib/dom.js";
import { count } from "../lib/words.js";

class PaneTabs extends HTMLElement {
  begin(panes, sessions) {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", "Which person is shown");
    this.buttons = panes.map((pane, place) =>
      h("button", { type: "button", "data-tab": pane.id, onclick: () => this.#choose(panes, place) }),
    );
    this.append(...this.buttons);
    sessions.forEach((session, place) => {
      const show = () => this.#label(this.buttons[place], session);
      for (const name of ["phase", "conversations"]) session.addEventListener(name, show);
      show();
    });
    this.#choose(panes, 0);
  }

  #choose(panes, chosen) {
    panes.forEach((pane, place) => {
      pane.dataset.chosen = String(place === chosen);
      this.buttons[place].setAttribute("aria-pressed", String(place === chosen));
    });
    panes[chosen].querySelector("message-list")?.seen();
  }

  #label(button, session) {
    const { total } = session.unread;
    fill(
      button,
      session.identity,
      total > 0 &&
        h(
          "span",
          { class: "badge" },
          String(total),
          h("span", { class: "visually-hidden" }, ` unread ${count(total, "message").split(" ")[1]}`),
        ),
    );
  }
}

customElements.define("pane-tabs", PaneTabs);
