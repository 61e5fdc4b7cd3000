/**
 * What `pyconvo.mjs` and `pyconvo.cjs` have in common: the facade over a runtime that starts to load when the modules
 * that import it have had their say (`runtime.configure`). Where there is no page, nothing starts.
 */

import { createFacade, type Facade } from "../facade/index.js";
import { browserPlatform } from "./browser.ts";
import type { Manifest } from "./manifest.ts";
import { Runtime } from "./runtime.ts";
import type { Settings } from "./settings.ts";

declare const PYCONVO_MANIFEST: Manifest;

export function facadeOver(settings: Settings): Facade {
  const runtime = new Runtime(PYCONVO_MANIFEST, settings, browserPlatform);
  if (typeof document !== "undefined") {
    setTimeout(() => {
      if (!runtime.lazy) runtime.start().catch(() => undefined);
    });
  }
  return createFacade(runtime);
}
