/**
 * The snapshot in the browser's Cache API, for later visits: as it is in the end, so that nothing has to be decompressed,
 * and no response handed on piece by piece. It is checked again whenever it is used, for any script of the page's origin
 * can write there. A file is found by its hash, wherever it came from. Beside it is noted what was done with a file. (The
 * wasm is not here: what the browser has compiled of it, it keeps with what `fetch` brings.)
 *
 * Nothing here fails: what is not kept, or cannot be, is downloaded.
 */

import type { RuntimeFile } from "./manifest.ts";
import { treeHash } from "./tree-hash.ts";

export const STORE = "pyconvo";
/** Of this release, and of another one on the same origin. */
const MOST = 4;
/** Milliseconds that a store may take to answer. */
const PATIENCE = 1000;

/** Of what is done with a file. */
export type Progress = "begun" | "done";

export class Kept {
  private opening: Promise<Cache | null> | undefined;

  /** `caches` may throw, as the browser's own does in a sandbox. */
  constructor(private readonly caches: () => CacheStorage | undefined) {}

  /** The file, if its bytes are there, and the right ones. */
  async take(file: RuntimeFile): Promise<ArrayBuffer | null> {
    const bytes = await this.find(file);
    if (bytes === null || (await treeHash(bytes)) === file.tree) return bytes;
    await this.forget(file);
    return null;
  }

  /** Keeps what `load` brings unless it is there, and lets go of the oldest when there are too many. */
  async keep(file: RuntimeFile, load: () => Promise<Response>): Promise<void> {
    try {
      const store = await this.store;
      if (store === null || (await store.match(address(file))) !== undefined) return;
      const response = await load();
      if (response.ok) await put(store, address(file), response);
    } catch {
      // No room, or the page is about to go.
    }
  }

  /** Whether this was done with the file, or nobody can tell. */
  async done(file: RuntimeFile, what: string): Promise<boolean> {
    const found = this.store.then(async (store) => {
      if (store === null) return true;
      const response = await store.match(note(file, what));
      return (await response?.text()) === ("done" satisfies Progress);
    });
    return Promise.race([found.catch(() => true), after(PATIENCE, true)]);
  }

  /** Whether it could be noted: there may be no room, or the page is about to go. */
  async note(file: RuntimeFile, what: string, progress: Progress): Promise<boolean> {
    try {
      const store = await this.store;
      if (store === null) return false;
      await put(store, note(file, what), new Response(progress));
      return true;
    } catch {
      return false;
    }
  }

  private get store(): Promise<Cache | null> {
    return (this.opening ??= opened(this.caches).catch(() => null));
  }

  private async find(file: RuntimeFile): Promise<ArrayBuffer | null> {
    const found = this.store.then(async (store) => {
      const response = await store?.match(address(file));
      return (await response?.arrayBuffer()) ?? null;
    });
    // One that cannot be read would be in the way of a better one.
    const readable = found.catch(() => this.forget(file).then(() => null));
    return Promise.race([readable, after(PATIENCE, null)]);
  }

  private async forget(file: RuntimeFile): Promise<void> {
    await (await this.store)?.delete(address(file)).catch(() => undefined);
  }
}

async function opened(caches: () => CacheStorage | undefined): Promise<Cache | null> {
  return (await caches()?.open(STORE)) ?? null;
}

async function put(store: Cache, key: string, response: Response): Promise<void> {
  await store.put(key, response);
  const all = await store.keys();
  await Promise.all(all.slice(0, -MOST).map((oldest) => store.delete(oldest)));
}

/** The store's keys are addresses. This one is never asked for. */
function address(file: RuntimeFile): string {
  return `https://runtime.invalid/${encodeURIComponent(file.tree)}`;
}

function note(file: RuntimeFile, what: string): string {
  return `${address(file)}/${encodeURIComponent(what)}`;
}

function after<T>(milliseconds: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), milliseconds));
}
