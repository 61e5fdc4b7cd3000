/** A runtime whose worker is played by the test, and whose files are a few bytes each. */

import { SHORT } from "../src/boot/joined.ts";
import type { Manifest } from "../src/boot/manifest.ts";
import { type Platform, Runtime } from "../src/boot/runtime.ts";
import type { Settings } from "../src/boot/settings.ts";
import { treeHash } from "../src/boot/tree-hash.ts";
import type { FromWorker, ToWorker } from "../src/worker/messages.ts";

export const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
export const FILES: Record<string, BodyInit> = {
  "worker.mjs": `code${SHORT}short`,
  "pyodide.asm.mjs": "var a;function assignWasmExports(wasmExports){}export default a;",
  "pyodide.asm.wasm": EMPTY,
  "snapshot.wasm": "memory",
  "stdlib.zip": "zip",
  "core.zip": "core",
  "python_stdlib.zip": "sources",
  "pyconvo-1-py3-none-any.whl": "wheel",
};
export const MANIFEST: Manifest = {
  version: "1",
  files: Object.fromEntries(Object.keys(FILES).map((name) => [name, { integrity: "sha384-x", tree: "x", bytes: 10 }])),
};
/** The manifest of these files, with their hashes. */
export async function hashed(files: Record<string, BodyInit>): Promise<Manifest> {
  const entries = Object.entries(files).map(async ([name, content]) => {
    const bytes = await new Response(content).arrayBuffer();
    return [name, { integrity: "sha384-x", tree: await treeHash(bytes), bytes: bytes.byteLength }];
  });
  return { version: MANIFEST.version, files: Object.fromEntries(await Promise.all(entries)) as Manifest["files"] };
}

export const SETTINGS: Settings = { url: "http://a.example/runtime/", thread: "worker", lazy: true, timeout: 5, keep: true, way: "snapshot", nonce: undefined };

/** Answers like `worker.ts` does: alive at once, ready when all parts that were announced are there. */
export class PlayedWorker {
  static made: PlayedWorker[] = [];
  static script: (worker: PlayedWorker) => void = (worker) => worker.say({ kind: "alive" });
  static whenComplete: (worker: PlayedWorker) => void = (worker) => worker.say({ kind: "ready" });
  static whenExercised: (worker: PlayedWorker) => void = (worker) => worker.say({ kind: "exercised" });
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message?: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  expected: string[] = [];
  readonly parts = new Set<string>();
  readonly texts: string[] = [];
  readonly network: boolean[] = [];
  terminated = false;

  constructor() {
    PlayedWorker.made.push(this);
    setImmediate(() => PlayedWorker.script(this));
  }

  postMessage(message: string | ToWorker): void {
    if (typeof message === "string") {
      this.texts.push(message);
      return;
    }
    if (message.kind === "network") {
      this.network.push(message.online);
      return;
    }
    if (message.kind === "exercise") {
      setImmediate(() => PlayedWorker.whenExercised(this));
      return;
    }
    if (message.kind === "begin") {
      this.expected = message.parts;
      return;
    }
    this.parts.add(message.part);
    if (this.expected.every((part) => this.parts.has(part))) setImmediate(() => PlayedWorker.whenComplete(this));
  }

  say(message: FromWorker | string): void {
    this.onmessage?.({ data: message });
  }

  terminate(): void {
    this.terminated = true;
  }
}

/** The Cache API as far as it is used: what one runtime puts there the next one finds. */
export class Store {
  readonly entries = new Map<string, Response>();

  asPlatform(): CacheStorage {
    return { open: async () => this } as unknown as CacheStorage;
  }

  async match(key: string): Promise<Response | undefined> {
    return this.entries.get(key)?.clone();
  }

  async put(key: string, response: Response): Promise<void> {
    this.entries.set(key, response);
  }

  async keys(): Promise<string[]> {
    return [...this.entries.keys()];
  }

  async delete(key: string): Promise<boolean> {
    return this.entries.delete(key);
  }
}

export const named = (url: string): string => new URL(url).pathname.split("/").at(-1) ?? "";

/** Set while somebody listens: says that the browser went online, or offline. */
export const line: { network: ((online: boolean) => void) | undefined } = { network: undefined };

export function runtime(
  platform: Partial<Platform> = {},
  settings: Partial<Settings> = {},
  manifest: Manifest = MANIFEST,
): Runtime {
  PlayedWorker.made = [];
  PlayedWorker.script = (worker) => worker.say({ kind: "alive" });
  PlayedWorker.whenComplete = (worker) => worker.say({ kind: "ready" });
  PlayedWorker.whenExercised = (worker) => worker.say({ kind: "exercised" });
  const whole: Platform = {
    fetch: async (url) => new Response(FILES[named(url)]),
    online: () => true,
    caches: () => undefined,
    keeps: true,
    loading: undefined,
    engine: async () => "engine 1",
    later: () => undefined,
    compiler: WebAssembly as Platform["compiler"],
    violations: undefined,
    baseUrl: "http://a.example/",
    hashes: false,
    isBrowser: true,
    Worker: PlayedWorker as never,
    opaque: false,
    createUrl: () => "blob:x",
    revokeUrl: () => undefined,
    onNetwork: (listener) => {
      line.network = listener;
      return () => (line.network = undefined);
    },
    importVerified: () => Promise.reject(new Error("not here")),
    ...platform,
  };
  return new Runtime(manifest, { ...SETTINGS, ...settings }, () => whole);
}
