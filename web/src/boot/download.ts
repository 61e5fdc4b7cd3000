/**
 * Loads runtime files, each only with the bytes it was released with, and finds out why one did not come.
 */

import {
  connectPolicyError,
  integrityError,
  missingError,
  offlineError,
  PyconvoBootError,
  unreachableError,
} from "./errors.ts";
import type { Manifest } from "./manifest.ts";
import type { PolicyWatch } from "./policy.ts";

export interface Downloads {
  readonly manifest: Manifest;
  /** The address of a file. */
  locate(file: string): string;
  readonly policy: PolicyWatch;
  fetch(url: string, options: RequestInit): Promise<Response>;
  /** False when the platform knows that there is no network. */
  online(): boolean;
}

/** The verified file. Rejects with a {@link PyconvoBootError} that says what went wrong with it. */
export async function download(downloads: Downloads, file: string): Promise<Response> {
  const { integrity } = fileOf(downloads, file);
  const url = downloads.locate(file);
  try {
    return answered(await downloads.fetch(url, { integrity, mode: "cors" }), file, url);
  } catch (error) {
    if (error instanceof PyconvoBootError) throw error;
  }
  try {
    // A lost connection, or a stale copy in the cache: once more, past the cache.
    if (downloads.online()) {
      return answered(await downloads.fetch(url, { integrity, mode: "cors", cache: "reload" }), file, url);
    }
  } catch (error) {
    if (error instanceof PyconvoBootError) throw error;
  }
  throw await explain(downloads, file);
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

export function fileOf(downloads: Downloads, file: string): { integrity: string; bytes: number } {
  const entry = downloads.manifest.files[file];
  if (entry === undefined) throw new Error(`${file} is not a file of pyconvo ${downloads.manifest.version}`);
  return entry;
}

function answered(response: Response, file: string, url: string): Response {
  if (response.ok) return response;
  throw missingError(file, url, response.status);
}
