/**
 * Where the page's origin is opaque (a sandboxed frame, a page opened from the disk) Chromium runs no module from
 * `blob:`, and does not say why. There the worker's text becomes a classic script. The build tries it on the real text.
 */

/** Modules alone have these. */
const EXPORTS = /\bexport ?\{[^{}]*\}/g;
const ADDRESS = "import.meta.url";

/** A module has names of its own, and is strict. Pyodide refuses workers in which this function works. */
const BEFORE = '(function(){"use strict";globalThis.importScripts=undefined;\n';
const AFTER = "\n})();\n";

/** The text of a module that exports once, and imports nothing: the same as a classic script. */
export function classicText(module: BlobPart[]): BlobPart[] {
  const text = module.join("");
  const found = text.match(EXPORTS)?.length ?? 0;
  if (found !== 1) throw new Error(`The worker exports ${found} times, not once: no classic script can be made of it`);
  return [BEFORE, text.replace(EXPORTS, "").replaceAll(ADDRESS, "self.location.href"), AFTER];
}
