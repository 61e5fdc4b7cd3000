/**
 * One attempt to load a runtime file, on the page's thread or in the worker that loads. Not responsible for finding out
 * why it failed.
 */

import { collect, type Tell } from "./collect.ts";
import type { RuntimeFile } from "./manifest.ts";

/** Milliseconds from one time that is told how much has come to the next. */
const BETWEEN = 100;

/** A file, and how to come by it. */
export interface Wanted extends RuntimeFile {
  readonly file: string;
  readonly url: string;
  /** Whether hashes are computed here; otherwise the browser is to check. */
  readonly hashes: boolean;
}

export type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** The bytes of a response (none unless they are to be kept) when they are the released ones; it fails otherwise. */
export type Verify = (response: Response, keep: boolean) => Promise<ArrayBuffer>;

/** Makes something of a file. */
export type Take<T> = (response: Response, verify: Verify | undefined) => Promise<T>;

/** The server has answered, with something else. */
export class NoFile extends Error {
  constructor(readonly status: number) {
    super(String(status));
  }
}

/**
 * What `take` makes of the verified file.
 *
 * The browser's own check of an `integrity` holds everything back until all bytes are there, computes on the thread that
 * asked, and keeps no compiled code; so `take` gets the file at once and must await `verify` with it, or a copy, before
 * it gives anything away. Where a page cannot compute hashes (without encryption) the browser checks; `verify` is missing,
 * and `tell` hears nothing.
 */
export async function attempt<T>(
  fetch: Fetch,
  wanted: Wanted,
  options: RequestInit,
  take: Take<T>,
  tell: Tell,
): Promise<T> {
  const { file, url, integrity, tree, bytes, hashes } = wanted;
  const verify: Verify = async (response, keep) => {
    const collected = await collect(response, keep ? bytes : null, seldom(tell));
    if (collected.hash !== tree) throw new Error(`${file} is another file`);
    return collected.bytes;
  };
  const response = await fetch(url, { ...(hashes ? {} : { integrity }), mode: "cors", ...options });
  if (!response.ok) throw new NoFile(response.status);
  return take(response, hashes ? verify : undefined);
}

function seldom(tell: Tell): Tell {
  let next = performance.now() + BETWEEN;
  return (bytes) => {
    const now = performance.now();
    if (now < next) return;
    next = now + BETWEEN;
    tell(bytes);
  };
}

export const asBytes: Take<ArrayBuffer> = (response, verify) => verify?.(response, true) ?? response.arrayBuffer();

/** Whether the browser's cache will have it when it is asked for again: nothing is to be transferred twice. */
export function isLasting(response: Response): boolean {
  const control = response.headers.get("cache-control") ?? "";
  return /\bmax-age=[1-9]/.test(control) && !/\bno-store\b/.test(control);
}
