/**
 * Where the runtime files are and how to start: from the script tag, the module's address, or `configure()`.
 */

import { type Way, WAYS } from "./manifest.ts";

export interface Settings {
  /** The directory of the runtime files, absolute, with a slash at its end; undefined when nothing tells. */
  url: string | undefined;
  /** Addresses of single files by name, where a bundler has put each on its own. They come before `url`. */
  files?: Readonly<Record<string, string>>;
  /** `worker`: a thread of its own (default). `main`: the page's. */
  thread: "worker" | "main";
  /** Do not load anything before it is needed. */
  lazy: boolean;
  /** Seconds in which something more has to come while it loads, and that starting may take. */
  timeout: number;
  /** The first of the ways to start that is tried; the others follow if it fails. */
  way: Way;
  /** Whether the browser may keep the large files decompressed, for later visits. */
  keep: boolean;
  /** The page's script nonce, for script elements made by us. */
  nonce: string | undefined;
}

export const DEFAULT_TIMEOUT = 120;

/** What of a page is read. */
export interface ScriptElement {
  /** Not a string for a script inside an SVG image. */
  readonly src?: unknown;
  readonly nonce?: string | undefined;
  getAttribute(name: string): string | null;
}

/** The settings that a classic script's own tag asks for; `script` is null off a page. */
export function settingsFromScript(script: ScriptElement | null, baseUrl: string | undefined): Settings {
  // Empty: a template that was not filled in.
  const runtime = script?.getAttribute("data-runtime") || undefined;
  const src = typeof script?.src === "string" && script.src ? script.src : undefined;
  const lazy = script?.getAttribute("data-lazy") ?? null;
  const timeout = Number(script?.getAttribute("data-timeout") ?? "");
  return {
    url: runtime === undefined ? src && directory("runtime/", src) : directory(runtime, baseUrl),
    thread: script?.getAttribute("data-thread") === "main" ? "main" : "worker",
    lazy: lazy !== null && lazy !== "false",
    timeout: timeout > 0 ? timeout : DEFAULT_TIMEOUT,
    keep: script?.getAttribute("data-keep") !== "false",
    way: WAYS.find((way) => way === script?.getAttribute("data-start")) ?? WAYS[0],
    nonce: script?.nonce || undefined,
  };
}

/** The settings of a module that was loaded from `moduleUrl`. */
export function settingsFromModule(moduleUrl: string | undefined): Settings {
  const url = moduleUrl === undefined || !/^https?:/.test(moduleUrl) ? undefined : new URL("runtime/", moduleUrl).href;
  return { url, thread: "worker", lazy: false, timeout: DEFAULT_TIMEOUT, keep: true, way: WAYS[0], nonce: undefined };
}

export type Configuration = Partial<Pick<Settings, "thread" | "lazy" | "timeout" | "keep">> & { url?: string; start?: Way };

/** `settings` with the given changes. Throws a TypeError for values that make no sense. */
export function configured(settings: Settings, changes: Configuration, baseUrl: string | undefined): Settings {
  const { url, thread, lazy, timeout, keep, start } = changes;
  const { files, ...others } = settings;
  if (thread !== undefined && thread !== "worker" && thread !== "main") {
    throw new TypeError(`thread must be "worker" or "main", not ${JSON.stringify(thread)}`);
  }
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0)) {
    throw new TypeError("timeout must be a positive number of seconds");
  }
  if (start !== undefined && !WAYS.includes(start)) {
    throw new TypeError(`start must be one of ${WAYS.join(", ")}, not ${JSON.stringify(start)}`);
  }
  const place = url === undefined ? undefined : directory(url, baseUrl);
  if (url !== undefined && place === undefined) {
    throw new TypeError(`url must be the address of the directory runtime/, not ${JSON.stringify(url)}`);
  }
  return {
    ...others,
    ...(place === undefined ? files && { files } : { url: place }),
    ...(thread === undefined ? {} : { thread }),
    ...(lazy === undefined ? {} : { lazy: Boolean(lazy) }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(keep === undefined ? {} : { keep: Boolean(keep) }),
    ...(start === undefined ? {} : { way: start }),
  };
}

/** Undefined if that is no address, or nothing can be below it (a script may come from a `blob:`). */
function directory(url: string, baseUrl: string | undefined): string | undefined {
  try {
    const found = new URL(url, baseUrl);
    found.search = found.hash = "";
    if (!found.pathname.endsWith("/")) found.pathname += "/";
    return found.href;
  } catch {
    return undefined;
  }
}
