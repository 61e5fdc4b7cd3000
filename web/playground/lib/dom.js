/**
 * Makes elements with few words. Not responsible for updating them: elements change their own parts.
 */

/**
 * An element with attributes, listeners (`onclick: f`) and children; `null`, `false` and `undefined` are left out.
 * Text is always text, never markup.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function" && name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

export function present(children) {
  return children.flat().filter((child) => child !== null && child !== undefined && child !== false);
}

/**
 * The first element for a selector.
 * @returns {any} of the kind that the caller knows it to be
 */
export function find(selector, root = /** @type {ParentNode} */ (document)) {
  return root.querySelector(selector);
}

/** Replace the children of `parent`. */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  edit: "M4 20l1-4.500L16.500 4a2 2 0 0 1 2.800 0l.7.7a2 2 0 0 1 0 2.800L8.500 19zM14.500 6l3.500 3.500",
  remove: "M4.500 7h15M9.500 7V4.500h5V7M6.500 7l1 12.500h9l1-12.500M10.500 11v5M13.500 11v5",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-3.6 3-5.5 6.500-5.500s6.100 1.900 6.500 5.500M16 4.500a3.500 3.500 0 0 1 0 6.200M18 14.900c2 .7 3.200 2.500 3.500 5.100",
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-7-6 16-3-6.500zM11 14.500L20 5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  down: "M12 5v14M6 13l6 6 6-6",
};

/** A line drawing, hidden from screen readers: whatever carries it needs words of its own. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

let last = 0;

/** An id for `for`, `aria-labelledby` and their like. */
export function newId(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/** Shown on the screen at this moment? A pane behind a tab is not. */
export function isShown(element) {
  return document.visibilityState === "visible" && element.getClientRects().length > 0;
}
