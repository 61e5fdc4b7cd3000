/** The entry of `pyconvo.cjs`. A bundle that it becomes part of is expected beside `runtime/`, or says where that is. */

import { facadeOver } from "./facade-module.ts";
import { settingsFromScript } from "./settings.ts";

const page = typeof document === "undefined" ? undefined : document;
const script = page?.currentScript ?? null;

module.exports = facadeOver(settingsFromScript(script, page?.baseURI));

declare const module: { exports: unknown };
