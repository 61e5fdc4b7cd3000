/** The policy for trusted types passes what pyconvo runs, when it does, and nothing else. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { withTrusted } from "../src/boot/trusted-types.ts";

interface Rules {
  createScriptURL(url: string): string;
}

test("one policy, made when it is needed, that passes an address only while that is used", () => {
  const made: [string, Rules][] = [];
  const createPolicy = (name: string, rules: Rules): Rules => {
    made.push([name, rules]);
    return { createScriptURL: (url) => `trusted ${rules.createScriptURL(url)}` };
  };
  Object.assign(globalThis, { trustedTypes: { createPolicy } });
  assert.equal(made.length, 0);
  assert.equal(withTrusted("blob:a", (url) => url), "trusted blob:a");
  const [[name, rules]] = made as [[string, Rules]];
  assert.equal(name, "pyconvo");
  withTrusted("blob:b", () => assert.throws(() => rules.createScriptURL("blob:a"), /does not run blob:a/));
  assert.throws(() => rules.createScriptURL("blob:b"), /does not run blob:b/);
  assert.equal(made.length, 1);
});
