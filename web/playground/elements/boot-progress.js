/**
 * `<boot-progress>`: how far the SDK has started. Ours has `runtime` to tell (it starts Python); the official one has
 * nothing to wait for.
 */

import { fill, h } from "../lib/dom.js";
import { explain } from "../lib/words.js";

class BootProgress extends HTMLElement {
  /** Before the script is there. */
  loading(words) {
    this.setAttribute("role", "status");
    this.#say("busy", words);
  }

  failed(error) {
    this.#say("bad", explain(error));
    this.setAttribute("role", "alert");
  }

  watch({ label, version, runtime }) {
    const name = `${label} ${version}`;
    if (runtime === null) return this.#say("good", name);
    const show = () => this.#runtime(name, runtime);
    const stop = runtime.onChange?.(show) ?? undefined;
    const timer = stop === undefined ? setInterval(show, 100) : undefined;
    const settled = () => {
      clearInterval(timer);
      stop?.();
    };
    show();
    runtime.ready.then(
      () => {
        settled();
        this.#say("good", name);
      },
      (error) => {
        settled();
        this.failed(error);
      },
    );
  }

  #runtime(name, { state, progress }) {
    const { loaded = 0, total = 0 } = progress ?? {};
    if (state === "loading" && total > 0) {
      const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
      this.#say("busy", `Loading ${name}: ${megabytes(loaded)} of ${megabytes(total)} MB`, loaded / total);
    } else if (state === "ready") this.#say("good", name);
    else this.#say("busy", `Starting ${name}…`, 1);
  }

  #say(kind, words, fraction) {
    this.dataset.kind = kind;
    const bar = fraction === undefined ? null : h("progress", { max: "1", value: fraction, "aria-hidden": "true" });
    fill(this, h("span", { class: "sign", "aria-hidden": "true" }), h("span", {}, words), bar);
  }
}

customElements.define("boot-progress", BootProgress);
