/** The entry of the worker that loads, which the build writes into the page's script as a text. */

import { asBytes, attempt, isLasting, type Take } from "./attempt.ts";
import type { Tell } from "./collect.ts";
import { asModule, type Compiled } from "./compile.ts";
import { Kept } from "./kept.ts";
import { type FromLoading, type Order, type Outcome, REST, type ToLoading } from "./loading.ts";

/** Bytes: V8's limit. */
const ALLOCATED = 1 << 26;

/** What of the worker's global scope is used. */
export interface LoadingScope {
  fetch(url: string, options: RequestInit): Promise<Response>;
  postMessage(message: FromLoading, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToLoading>) => void) | null;
  readonly WebAssembly: typeof WebAssembly;
  readonly caches?: CacheStorage;
}

async function load(scope: LoadingScope, order: Order, tell: Tell): Promise<Outcome> {
  const { file } = order;
  const kept = order.kept ? await new Kept(() => scope.caches).take(order) : null;
  if (kept !== null) return { file, value: kept, lasting: false };
  let lasting = false;
  const take: Take<ArrayBuffer | Compiled> = (response, verify) => {
    lasting = isLasting(response);
    return order.as === "bytes" ? asBytes(response, verify) : asModule(scope.WebAssembly, String)(response, verify);
  };
  const value = await attempt((url, options) => scope.fetch(url, options), order, {}, take, tell);
  return { file, value, lasting };
}

/**
 * What was read of the wasm stays until V8 collects garbage: 26 MiB, and a worker with nothing to do never does. It does when
 * much was allocated outside of its heap; nothing is written there, so no memory is taken.
 */
function collectGarbage(): void {
  try {
    for (let times = 0; times < 4; times++) new ArrayBuffer(ALLOCATED);
  } catch {
    // As much is not to be had: no harm done.
  }
}

/** Takes orders from now on. */
export function serve(scope: LoadingScope): void {
  scope.onmessage = async ({ data }) => {
    if (data === REST) return collectGarbage();
    try {
      const { file } = data;
      const outcome = await load(scope, data, (bytes) => scope.postMessage({ file, bytes }, []));
      scope.postMessage(outcome, outcome.value instanceof ArrayBuffer ? [outcome.value] : []);
    } catch {
      scope.postMessage({ file: data.file, value: null }, []);
    }
  };
}

// A page has a document; a worker has none.
if (typeof document === "undefined" && typeof postMessage === "function") serve(globalThis as unknown as LoadingScope);
