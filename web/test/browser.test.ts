/** The browser as the runtime sees it: how its build is told from another one. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserPlatform } from "../src/boot/browser.ts";

const LIST = [{ brand: "Chromium", version: "141.0.7390.37" }];
const AGENT = "Mozilla/5.0 (a browser)";

async function engine(userAgentData: unknown): Promise<string> {
  Object.assign(globalThis, { PYCONVO_LOADING: "" });
  Object.defineProperty(globalThis, "navigator", {
    configurable: true,
    value: { userAgent: AGENT, vendor: "Google Inc.", userAgentData },
  });
  return browserPlatform().engine();
}

test("a browser's build is its full version, where that is told", async () => {
  assert.equal(await engine({ getHighEntropyValues: async () => ({ fullVersionList: LIST }) }), JSON.stringify(LIST));
});

const UNTOLD: [string, unknown][] = [
  ["there is nobody to ask", undefined],
  ["the page may not ask", { getHighEntropyValues: async () => Promise.reject(new Error("NotAllowedError")) }],
  ["an extension has put something else there", { brands: [] }],
  ["the answer is another one", { getHighEntropyValues: async () => ({ mobile: false }) }],
  ["there is no answer", { getHighEntropyValues: async () => undefined }],
];
for (const [where, userAgentData] of UNTOLD) {
  test(`its user agent, where ${where}`, async () => {
    assert.equal(await engine(userAgentData), JSON.stringify(AGENT));
  });
}
