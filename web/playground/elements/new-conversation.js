/** `<new-conversation>`: create one (and add the person beside), or open one by name. */

import { h, icon, newId } from "../lib/dom.js";

class NewConversation extends HTMLElement {
  begin(session, other) {
    this.session = session;
    const [nameId, addId, findId] = [newId("name"), newId("add"), newId("find")];
    const name = h("input", {
      id: nameId,
      "data-part": "new-name",
      placeholder: "New chat",
      required: true,
      maxlength: "256",
      autocomplete: "off",
    });
    const add = h("input", { id: addId, type: "checkbox", checked: true, "data-part": "add-other" });
    const addLabel = h("label", { for: addId });
    const find = h("input", {
      id: findId,
      "data-part": "find-name",
      placeholder: "Unique name or SID",
      required: true,
      autocomplete: "off",
      autocapitalize: "none",
      spellcheck: "false",
    });
    this.append(
      h(
        "form",
        {
          class: "inline-form",
          onsubmit: (event) => {
            event.preventDefault();
            void this.#create(name, add.checked ? [other.identity] : []);
          },
        },
        h("label", { for: nameId, class: "visually-hidden" }, "Name of the new conversation"),
        name,
        h(
          "button",
          { class: "primary icon-button", "data-part": "create", title: "Create" },
          icon("plus"),
          h("span", { class: "visually-hidden" }, "Create"),
        ),
      ),
      h("span", { class: "check" }, add, addLabel),
      h(
        "details",
        {},
        h("summary", {}, "Open another"),
        h(
          "form",
          {
            class: "inline-form",
            onsubmit: (event) => {
              event.preventDefault();
              void this.#find(find);
            },
          },
          h("label", { for: findId, class: "visually-hidden" }, "Unique name or SID of a conversation"),
          find,
          h("button", { "data-part": "find" }, "Open"),
        ),
      ),
    );
    const controls = [name, add, find, ...this.querySelectorAll("button")];
    const show = () => {
      addLabel.textContent = `and add ${other.identity}`;
      for (const control of controls) control.disabled = session.phase !== "ready";
    };
    session.addEventListener("phase", show);
    other.addEventListener("phase", show);
    show();
  }

  async #create(field, people) {
    const friendlyName = field.value.trim();
    if (friendlyName === "") return;
    field.value = "";
    const made = await this.session.create({ friendlyName, people });
    if (made) this.#open(made);
    else if (field.value === "") field.value = friendlyName;
  }

  async #find(field) {
    const found = await this.session.find(field.value.trim());
    if (!found) return;
    field.value = "";
    this.#open(found);
  }

  #open(conversation) {
    this.dispatchEvent(new CustomEvent("open-conversation", { detail: conversation, bubbles: true }));
  }
}

customElements.define("new-conversation", NewConversation);
