/**
 * Trusted Types: a page that requires them lets no mere text say what runs. Addresses of workers and scripts go through
 * one policy, which passes those alone that are about to be used here.
 */

import { trustedTypesError } from "./errors.ts";

/** What a page's directive `trusted-types` has to list. */
const NAME = "pyconvo";

interface Policy {
  /** Something that is taken where an address is expected. */
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

/** The address that is about to be used. */
let ours: string | undefined;
const RULES: Policy = {
  createScriptURL(url) {
    if (url !== ours) throw new TypeError(`pyconvo does not run ${url}`);
    return url;
  },
};

/** One for all starts: its name can be taken only once. */
let policy: Policy | undefined;
/** Why there is none. */
let refusal: unknown;

function find(): Policy | undefined {
  if (policy === undefined && refusal === undefined) {
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    try {
      policy = trustedTypes?.createPolicy(NAME, RULES);
    } catch (error) {
      refusal = error;
    }
  }
  return policy;
}

/** Gives `use` the address as the page's policy wants it. Throws a typed error if that is not to be had. */
export function withTrusted<T>(url: string, use: (trusted: string) => T): T {
  ours = url;
  try {
    return use(find()?.createScriptURL(url) ?? url);
  } catch (error) {
    // Without one of ours: where none is required, or the page's own `default` policy takes all, there is no error.
    throw error instanceof TypeError && refusal !== undefined ? trustedTypesError(refusal) : error;
  } finally {
    ours = undefined;
  }
}
