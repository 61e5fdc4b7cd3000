/** What may differ between two runs (identifiers, moments) is given names by order of appearance. */

const SID = /\b([A-Z]{2})[0-9a-f]{32}\b/g;
const UUID = /\b(?:TM)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g;

export class Normaliser {
  #names = new Map();
  #counts = new Map();

  /** `known`: of an earlier one, whose names are gone on with. */
  constructor(known = []) {
    for (const sid of known) this.#name(sid, sid.slice(0, 2));
  }

  /** What has a name of its own, in order. */
  get known() {
    return [...this.#names.keys()];
  }

  text(text) {
    return text
      .replace(SID, (sid, prefix) => this.#name(sid, prefix))
      .replace(UUID, "<uuid>")
      .replace(MOMENT, "<moment>")
      .replaceAll(location.host, "<host>");
  }

  #name(sid, prefix) {
    if (!this.#names.has(sid)) {
      const count = (this.#counts.get(prefix) ?? 0) + 1;
      this.#counts.set(prefix, count);
      this.#names.set(sid, `${prefix}#${count}`);
    }
    return this.#names.get(sid);
  }
}
