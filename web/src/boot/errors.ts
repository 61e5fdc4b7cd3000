/**
 * Why the runtime did not start, in words that say what to do about it. Not responsible for finding out.
 */

/** `core` is a defect of ours (the Python side failed to start); all others have a cause outside of it. */
export type BootReason = "integrity" | "policy" | "wasm" | "network" | "timeout" | "memory" | "environment" | "core";

/** The error with which `runtime.ready`, and everything queued for the core, rejects. */
export class PyconvoBootError extends Error {
  override readonly name = "PyconvoBootError";
  readonly reason: BootReason;
  /** The runtime file concerned, by its name below `runtime/`. */
  readonly file: string | undefined;

  constructor(reason: BootReason, message: string, details: { file?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.reason = reason;
    this.file = details.file;
  }
}

/** One line about any thrown value. */
export function describe(cause: unknown): string {
  if (cause instanceof Error) return cause.message === "" ? cause.name : `${cause.name}: ${cause.message}`;
  return String(cause);
}

export function integrityError(file: string, url: string): PyconvoBootError {
  return new PyconvoBootError(
    "integrity",
    `${file} is not the file this version of pyconvo was released with (${url}); it was not run. Serve the ` +
      `runtime/ directory of the same release unchanged beside the script, and check that nothing on the way rewrites it.`,
    { file },
  );
}

export function missingError(file: string, url: string, status: number): PyconvoBootError {
  return new PyconvoBootError(
    "network",
    `${file} is missing: ${url} answered ${status}. Serve the runtime/ directory of the release beside the script, ` +
      `or say where it is with the attribute data-runtime="…" or runtime.configure({url: "…"}).`,
    { file },
  );
}

export function offlineError(file: string): PyconvoBootError {
  return new PyconvoBootError(
    "network",
    `${file} could not be loaded: the browser is offline. Try again when there is a network.`,
    { file },
  );
}

export function unreachableError(file: string, url: string, cause: unknown): PyconvoBootError {
  const remedy = url.startsWith("file:")
    ? "A page opened from the disk may not load files: serve it over http."
    : "Check the address, and that the server allows other origins (Access-Control-Allow-Origin) if it is another one.";
  return new PyconvoBootError("network", `${file} could not be loaded from ${url} (${describe(cause)}). ${remedy}`, {
    file,
    cause,
  });
}

export function brokenOffError(file: string, url: string, cause: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "network",
    `${file} did not come whole from ${url} (${describe(cause)}): the connection broke off. Try again; if that does not ` +
      "help, look at what is on the way (a proxy, a filter, a service worker).",
    { file, cause },
  );
}

export function notRunError(file: string, url: string, cause: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "environment",
    `The browser did not run ${file} (${describe(cause)}), though ${url} has the right one. Serve it as text/javascript, ` +
      "and reload the page: a browser may remember that a module could not be loaded.",
    { file, cause },
  );
}

export function unlocatedError(): PyconvoBootError {
  return new PyconvoBootError(
    "network",
    "The address of pyconvo's runtime files is not known here: say it with the script attribute " +
      'data-runtime="…" or with runtime.configure({url: "…"}).',
  );
}

export function noBrowserError(): PyconvoBootError {
  return new PyconvoBootError(
    "environment",
    "A pyconvo Client can only be made in a browser, and this is none (server-side rendering?). Importing pyconvo here " +
      "is harmless; make the Client in code that runs in the browser alone: useEffect() in React, onMounted() in Vue, " +
      "onMount() in Svelte. For a program without a browser there is the Python package pyconvo.",
  );
}

export function noWorkerError(): PyconvoBootError {
  return new PyconvoBootError(
    "environment",
    'There are no workers here: run on the page\'s own thread, with data-thread="main" or ' +
      'runtime.configure({thread: "main"}). (An imitation of a browser, such as jsdom, cannot run pyconvo.)',
  );
}

export function connectPolicyError(file: string, url: string): PyconvoBootError {
  return new PyconvoBootError(
    "policy",
    `The page's Content-Security-Policy does not allow to load ${file}: add ${originOf(url)} to connect-src.`,
    { file },
  );
}

export function wasmPolicyError(cause?: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "policy",
    "The page's Content-Security-Policy does not allow WebAssembly: add 'wasm-unsafe-eval' to script-src.",
    { cause },
  );
}

export function workerPolicyError(cause?: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "policy",
    "The worker was blocked, most likely by the page's Content-Security-Policy: add blob: to worker-src, or " +
      'run without a worker (data-thread="main" or runtime.configure({thread: "main"})).',
    { cause },
  );
}

export function trustedTypesError(cause: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "policy",
    "The page's Content-Security-Policy requires trusted types, and does not allow pyconvo's own: add pyconvo to " +
      `trusted-types, and 'allow-duplicates' if the page has pyconvo more than once (${describe(cause)}).`,
    { cause },
  );
}

export function scriptPolicyError(file: string, url: string): PyconvoBootError {
  return new PyconvoBootError(
    "policy",
    `The page's Content-Security-Policy does not allow to run ${file}: add ${originOf(url)} to script-src.`,
    { file },
  );
}

export function noWasmError(): PyconvoBootError {
  return new PyconvoBootError(
    "wasm",
    "This browser has no WebAssembly (too old, or in a lockdown mode); pyconvo needs it.",
  );
}

export function wasmError(file: string, cause: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "wasm",
    `This browser cannot run ${file} (${describe(cause)}). It is probably too old: Chrome 119, Firefox 121 and ` +
      "Safari 17 or newer are needed. If yours is, please report this.",
    { file, cause },
  );
}

export function memoryError(cause: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "memory",
    `There is not enough memory to start pyconvo (${describe(cause)}); it needs about 100 MB. Close other tabs or programs.`,
    { cause },
  );
}

/** `missing`: the files that have not arrived. */
export function timeoutError(seconds: number, missing: readonly string[]): PyconvoBootError {
  const late =
    missing.length > 0
      ? `nothing more of ${missing.join(", ")} has come for ${seconds} seconds`
      : `starting Python took more than ${seconds} seconds`;
  return new PyconvoBootError(
    "timeout",
    `pyconvo did not start: ${late}. On slow lines or machines allow more with ` +
      'data-timeout="…" or runtime.configure({timeout: …}) (seconds).',
    missing[0] === undefined ? {} : { file: missing[0] },
  );
}

export function coreError(cause: unknown): PyconvoBootError {
  return new PyconvoBootError("core", `pyconvo's core failed to start (${describe(cause)}). Please report this.`, {
    cause,
  });
}

export function lostError(cause: unknown): PyconvoBootError {
  return new PyconvoBootError(
    "core",
    `pyconvo's core stopped working (${describe(cause)}). Make a new Client; please report it if it happens again.`,
    { cause },
  );
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
