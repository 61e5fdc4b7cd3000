/**
 * The browser as the runtime uses it. Nothing is touched before the first call: importing this is harmless anywhere.
 */

import type { Verified } from "./loader.ts";
import type { Platform } from "./runtime.ts";
import { withTrusted } from "./trusted-types.ts";

/** Written in by the build. */
declare const PYCONVO_LOADING: string;

/** Milliseconds after a start in which its page may have other things to do. */
const BUSY = 10_000;

export function browserPlatform(): Platform {
  const page = typeof document === "undefined" ? undefined : document;
  // WebKit keeps in memory, for the next page, only what it has checked itself, and for a page.
  const hashes = globalThis.crypto?.subtle !== undefined && !/^Apple/.test(globalThis.navigator?.vendor);
  return {
    fetch: (url, options) => fetch(url, options),
    hashes,
    online: () => navigator.onLine !== false,
    loading: hashes ? PYCONVO_LOADING : undefined,
    caches: () => globalThis.caches,
    // In Chromium. Neither Firefox nor WebKit gains: see `docs/performance.md`.
    keeps: /^Google/.test(globalThis.navigator?.vendor),
    engine,
    later,
    isBrowser: page !== undefined || "WorkerGlobalScope" in globalThis,
    compiler: typeof WebAssembly === "undefined" ? undefined : WebAssembly,
    violations: page,
    baseUrl: page?.baseURI,
    Worker: typeof Worker === "undefined" ? undefined : (TrustedWorker as unknown as Platform["Worker"]),
    opaque: globalThis.origin === "null",
    createUrl: (code) => URL.createObjectURL(new Blob(code, { type: "text/javascript" })),
    revokeUrl: (url) => URL.revokeObjectURL(url),
    onNetwork,
    importVerified,
  };
}

/** `Worker` for pages that require trusted types, too. */
function TrustedWorker(url: string, options: WorkerOptions): Worker {
  return withTrusted(url, (trusted) => new Worker(trusted, options));
}

interface Brands {
  getHighEntropyValues(hints: string[]): Promise<Record<string, unknown>>;
}

async function engine(): Promise<string> {
  const { userAgent, userAgentData } = navigator as Navigator & { userAgentData?: Brands };
  try {
    const told = await userAgentData?.getHighEntropyValues(["fullVersionList"]);
    return JSON.stringify(told?.["fullVersionList"] ?? userAgent);
  } catch {
    // A page may be forbidden to ask, and an extension may have put something else there.
    return JSON.stringify(userAgent);
  }
}

function later(task: () => Promise<void>): void {
  setTimeout(() => (typeof requestIdleCallback === "function" ? requestIdleCallback(() => void task()) : void task()), BUSY);
}

function onNetwork(listener: (online: boolean) => void): () => void {
  const heard = (event: Event): void => listener(event.type === "online");
  addEventListener("online", heard);
  addEventListener("offline", heard);
  return () => {
    removeEventListener("online", heard);
    removeEventListener("offline", heard);
  };
}

/**
 * A module script element has what `import()` lacks, an integrity check; afterwards `import()` of the same address
 * finds the very module that was checked, without asking the network. No blob: is needed.
 */
async function importVerified(url: string, integrity: string, nonce: string | undefined): Promise<Verified> {
  if (typeof document === "undefined" || !/\.m?js$/.test(new URL(url).pathname)) return importBytes(url, integrity);
  const script = document.createElement("script");
  script.type = "module";
  script.crossOrigin = "anonymous";
  script.integrity = integrity;
  if (nonce !== undefined) script.nonce = nonce;
  withTrusted(url, (trusted) => {
    script.src = trusted;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      script.onload = () => resolve();
      script.onerror = () => reject(new Error(`${url} could not be loaded`));
      document.head.append(script);
    });
  } finally {
    script.remove();
  }
  return { url, module: await import(/* webpackIgnore: true */ /* @vite-ignore */ url) };
}

/**
 * Servers give a file that is not named as a script a type that no browser runs, and a worker has no script elements. Takes
 * `blob:` in the policy.
 */
async function importBytes(url: string, integrity: string): Promise<Verified> {
  const response = await fetch(url, { integrity, mode: "cors" });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  // Kept: it will be imported again by this address.
  const blob = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: "text/javascript" }));
  return { url: blob, module: await import(/* webpackIgnore: true */ /* @vite-ignore */ blob) };
}
