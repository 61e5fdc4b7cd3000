/**
 * Loads runtime files, each only with the bytes it was released with, and finds out why one did not come.
 */

import { attempt, type Fetch, NoFile, type Take, type Wanted } from "./attempt.ts";
import { collect, type Tell } from "./collect.ts";
import {
  brokenOffError,
  connectPolicyError,
  integrityError,
  missingError,
  offlineError,
  PyconvoBootError,
  unreachableError,
} from "./errors.ts";
import type { Manifest, RuntimeFile } from "./manifest.ts";
import type { PolicyWatch } from "./policy.ts";

const PAST_THE_CACHE: RequestInit = { mode: "cors", cache: "no-store" };

export interface Downloads {
  readonly manifest: Manifest;
  /** The address of a file. */
  locate(file: string): string;
  readonly policy: PolicyWatch;
  readonly fetch: Fetch;
  /** Whether hashes are computed here; otherwise the browser is to check. */
  readonly hashes: boolean;
  /** False when the platform knows that there is no network. */
  online(): boolean;
}

/**
 * What `take` makes of the verified file (see `attempt`); `tell` hears how much of it has come. Rejects with a
 * {@link PyconvoBootError} that says what went wrong with it.
 */
export async function download<T>(downloads: Downloads, file: string, take: Take<T>, tell: Tell): Promise<T> {
  const wanted = wantedOf(downloads, file);
  // A lost connection, or a stale copy in the cache: once more, past the cache.
  const attempts: RequestInit[] = [{}, { cache: "reload" }];
  let cause: unknown;
  for (const options of attempts) {
    try {
      return await attempt(downloads.fetch, wanted, options, take, tell);
    } catch (error) {
      if (error instanceof PyconvoBootError) throw error;
      if (error instanceof NoFile) throw missingError(file, wanted.url, error.status);
      cause = error;
      if (!downloads.online()) break;
    }
  }
  throw (await explain(downloads, file)) ?? brokenOffError(file, wanted.url, cause);
}

/** Why a file cannot be had, found by asking for it without demands; null if it can. */
export async function explain(downloads: Downloads, file: string): Promise<PyconvoBootError | null> {
  const wanted = wantedOf(downloads, file);
  const { url } = wanted;
  if (!downloads.online()) return offlineError(file);
  let response: Response;
  try {
    response = await downloads.fetch(url, PAST_THE_CACHE);
  } catch (error) {
    if (await downloads.policy.blocked("connect-src", url)) return connectPolicyError(file, url);
    return downloads.online() ? unreachableError(file, url, error) : offlineError(file);
  }
  if (!response.ok) {
    // The body is of no interest; without this it would be loaded all the same.
    await response.body?.cancel();
    return missingError(file, url, response.status);
  }
  try {
    return (await isReleased(downloads, wanted, response)) ? null : integrityError(file, url);
  } catch (error) {
    return downloads.online() ? brokenOffError(file, url, error) : offlineError(file);
  }
}

/** Whether the response has the bytes that the file was released with. Rejects when the line breaks off. */
async function isReleased(downloads: Downloads, wanted: Wanted, response: Response): Promise<boolean> {
  if (wanted.hashes) return (await collect(response, null)).hash === wanted.tree;
  const { byteLength } = await response.arrayBuffer();
  if (byteLength !== wanted.bytes) return false;
  // A browser that checks does not say whether it was the check that failed: but it has come a moment ago.
  const checked = downloads.fetch(wanted.url, { ...PAST_THE_CACHE, integrity: wanted.integrity });
  return checked.then((again) => again.arrayBuffer()).then(
    () => true,
    () => false,
  );
}

export function fileOf(downloads: Downloads, file: string): RuntimeFile {
  const entry = downloads.manifest.files[file];
  if (entry === undefined) throw new Error(`${file} is not a file of pyconvo ${downloads.manifest.version}`);
  return entry;
}

/** The file, and how to come by it. */
export function wantedOf(downloads: Downloads, file: string): Wanted {
  return { ...fileOf(downloads, file), file, url: downloads.locate(file), hashes: downloads.hashes };
}
