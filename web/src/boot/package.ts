/**
 * Where the npm package's runtime files are. Bundlers see the addresses below, put each file beside what they make (under
 * a name of their own), and enter its place here. Code has the ending .bin, because minimisers rewrite what is called
 * .mjs, and then its hash would no longer fit. Without a bundler, the files are beside the module.
 */

import { type Settings, settingsFromScript } from "./settings.ts";

/** Undefined where there is no `import.meta`, as in a bundle that is a classic script. */
function address(resolve: () => URL): string | undefined {
  try {
    return resolve().href;
  } catch {
    return undefined;
  }
}

export function settingsOfPackage(): Settings {
  const page = typeof document === "undefined" ? undefined : document;
  const settings = settingsFromScript(page?.currentScript ?? null, page?.baseURI);
  const found = Object.entries({
    "worker.mjs": address(() => new URL("./runtime/worker.bin", import.meta.url)),
    "pyodide.asm.mjs": address(() => new URL("./runtime/pyodide.asm.bin", import.meta.url)),
    "pyodide.asm.wasm": address(() => new URL("./runtime/pyodide.asm.wasm", import.meta.url)),
    "snapshot.wasm": address(() => new URL("./runtime/snapshot.wasm", import.meta.url)),
    "stdlib.zip": address(() => new URL("./runtime/stdlib.zip", import.meta.url)),
    "core.zip": address(() => new URL("./runtime/core.zip", import.meta.url)),
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return found.length > 0 ? { ...settings, files: Object.fromEntries(found) } : settings;
}
