/**
 * The entry of `pyconvo.min.js`, a classic script: defines `Twilio.Conversations` and starts to load the runtime,
 * unless the tag says `data-lazy`. Where there is no page, it only defines.
 */

import { installFacade } from "../facade/index.js";
import { browserPlatform } from "./browser.ts";
import type { Manifest } from "./manifest.ts";
import { Runtime } from "./runtime.ts";
import { settingsFromScript } from "./settings.ts";

declare const PYCONVO_MANIFEST: Manifest;

const page = typeof document === "undefined" ? undefined : document;
// Known only while the script itself runs.
const script = page?.currentScript ?? null;
const runtime = new Runtime(PYCONVO_MANIFEST, settingsFromScript(script, page?.baseURI), browserPlatform);
installFacade(runtime);
if (page !== undefined && !runtime.lazy) runtime.start().catch(() => undefined);
