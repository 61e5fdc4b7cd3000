/** Makes elements with few words. Text is always text, never markup. */

/**
 * An element with attributes, listeners (`onclick: f`) and children; what is null or false is left out.
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** What can be opened to see all of `value`, which is written out only then. */
export function details(summary, value) {
  const element = h("details", {}, h("summary", {}, summary));
  element.addEventListener("toggle", () => {
    if (element.open && element.children.length === 1) {
      element.append(h("pre", { tabindex: "0", role: "region", "aria-label": "all of it" }, JSON.stringify(value, null, 2)));
    }
  });
  return element;
}

/**
 * Make the items of `list` those of `values`. An item whose value is unchanged stays as it is: open, focused, selected.
 */
export function update(list, values, keyOf, make, nothing) {
  const old = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const items = values.map((value) => {
    const key = String(keyOf(value));
    const text = JSON.stringify(value);
    const there = old.get(key);
    if (there?.made === text) return there;
    const item = make(value);
    item.dataset.key = key;
    item.made = text;
    const opened = there?.querySelector("details")?.open;
    if (opened) item.querySelector("details").open = true;
    return item;
  });
  if (items.length === 0) items.push(old.get("") ?? h("li", { class: "soft", "data-key": "" }, nothing));
  if (items.length === list.children.length && items.every((item, index) => item === list.children[index])) return;
  // Moving an element that has the focus takes the focus away.
  for (const item of [...list.children]) if (!items.includes(item)) item.remove();
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
}

/** The time of day, with thousandths: `10:03:12.864`. */
export function clockTime(iso) {
  return h("time", { datetime: iso }, iso.slice(11, 23));
}
