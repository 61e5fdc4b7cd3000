/**
 * Loads runtime files, each only with the bytes it was released with, and finds out why one did not come.
 */

import { collect } from "./collect.ts";
import {
  connectPolicyError,
  integrityError,
  missingError,
  offlineError,
  PyconvoBootError,
  unreachableError,
} from "./errors.ts";
import type { Manifest, RuntimeFile } from "./manifest.ts";
import type { PolicyWatch } from "./policy.ts";

export interface Downloads {
  readonly manifest: Manifest;
  /** The address of a file. */
  locate(file: string): string;
  readonly policy: PolicyWatch;
  fetch(url: string, options: RequestInit): Promise<Response>;
  /** Whether hashes are computed here; otherwise the browser is to check. */
  readonly hashes: boolean;
  /** False when the platform knows that there is no network. */
  online(): boolean;
}

/** The bytes of a response (none unless they are to be kept) when they are the released ones; it fails otherwise. */
export type Verify = (response: Response, keep: boolean) => Promise<ArrayBuffer>;

/**
 * What `take` makes of the verified file. Rejects with a {@link PyconvoBootError} that says what went wrong with it.
 *
 * The browser's own check of an `integrity` holds everything back until all bytes are there, computes on the page's
 * thread, and keeps no compiled code; so `take` gets the file at once and must await `verify` with it, or a copy, before
 * it gives anything away. Where a page cannot compute hashes (without encryption) the browser checks; `verify` is missing.
 */
export async function download<T>(
  downloads: Downloads,
  file: string,
  take: (response: Response, verify: Verify | undefined) => Promise<T>,
): Promise<T> {
  const { integrity, tree, bytes } = fileOf(downloads, file);
  const url = downloads.locate(file);
  const check: Verify = async (response, keep) => {
    const collected = await collect(response, keep ? bytes : null);
    if (collected.hash !== tree) throw new Error(`${file} is another file`);
    return collected.bytes;
  };
  const verify = downloads.hashes ? check : undefined;
  const attempt = async (options: RequestInit): Promise<T> => {
    const response = await downloads.fetch(url, { ...(verify ? {} : { integrity }), mode: "cors", ...options });
    return take(answered(response, file, url), verify);
  };
  try {
    return await attempt({});
  } catch (error) {
    if (error instanceof PyconvoBootError) throw error;
  }
  try {
    // A lost connection, or a stale copy in the cache: once more, past the cache.
    if (downloads.online()) return await attempt({ cache: "reload" });
  } catch (error) {
    if (error instanceof PyconvoBootError) throw error;
  }
  throw await explain(downloads, file);
}

export function downloadBytes(downloads: Downloads, file: string): Promise<ArrayBuffer> {
  return download(downloads, file, (response, verify) => verify?.(response, true) ?? response.arrayBuffer());
}

/** Why a file cannot be had, found by asking for it without demands. */
export async function explain(downloads: Downloads, file: string): Promise<PyconvoBootError> {
  const url = downloads.locate(file);
  if (!downloads.online()) return offlineError(file);
  try {
    const response = await downloads.fetch(url, { mode: "cors", cache: "no-store" });
    // The body is of no interest; without this it would be loaded all the same.
    await response.body?.cancel();
    return response.ok ? integrityError(file, url) : missingError(file, url, response.status);
  } catch (error) {
    if (await downloads.policy.blocked("connect-src", url)) return connectPolicyError(file, url);
    return downloads.online() ? unreachableError(file, url, error) : offlineError(file);
  }
}

export function fileOf(downloads: Downloads, file: string): RuntimeFile {
  const entry = downloads.manifest.files[file];
  if (entry === undefined) throw new Error(`${file} is not a file of pyconvo ${downloads.manifest.version}`);
  return entry;
}

function answered(response: Response, file: string, url: string): Response {
  if (response.ok) return response;
  throw missingError(file, url, response.status);
}
