/**
 * The start of the runtime from the page's side: loads every part at once, starts the thread, watches the clock, and
 * settles one promise. Several clients share what it starts. Not responsible for what is said over the line.
 */

import type { Port } from "../bridge/port.js";
import type { Parts, PendingParts } from "../worker/messages.ts";
import { Deadline } from "./deadline.ts";
import { download, type Downloads, explain, fileOf } from "./download.ts";
import {
  coreError,
  noBrowserError,
  noWorkerError,
  PyconvoBootError,
  scriptPolicyError,
  timeoutError,
  unlocatedError,
} from "./errors.ts";
import { type Manifest, type Part, partsOf } from "./manifest.ts";
import { PolicyWatch, type ViolationTarget } from "./policy.ts";
import { type Configuration, configured, type Settings } from "./settings.ts";
import { type InterpreterModule, startInPage, startWorker, type Thread, type WorkerPlatform } from "./threads.ts";
import { compile, type Compiler, wasmProblem } from "./wasm.ts";

/** `idle` → `loading` (files on their way) → `starting` (Python starts) → `ready`, or `failed` from any but the last. */
export type RuntimeState = "idle" | "loading" | "starting" | "ready" | "failed";

export interface Progress {
  /** Bytes (before compression) of the files that have arrived. */
  readonly loaded: number;
  readonly total: number;
}

/** What of the browser is used; everything is looked up when it starts, nothing when the script is loaded. */
export interface Platform extends Omit<WorkerPlatform, "Worker"> {
  readonly isBrowser: boolean;
  readonly Worker: WorkerPlatform["Worker"] | undefined;
  fetch(url: string, options: RequestInit): Promise<Response>;
  online(): boolean;
  compiler: Compiler | undefined;
  violations: ViolationTarget | undefined;
  baseUrl: string | undefined;
  /** Imports a module of the page after the browser has checked its hash. */
  importVerified(url: string, integrity: string, nonce: string | undefined): Promise<Verified>;
}

/** A module of the page. Importing `url` gives the same one again. */
export interface Verified {
  readonly module: unknown;
  readonly url: string;
}

export class Runtime {
  private current: RuntimeState = "idle";
  private readonly arrived = new Set<Part>();
  private readonly names: Record<Part, string>;
  private port: Promise<Port> | undefined;
  private isReady: Promise<void>;
  private settleReady!: { resolve: () => void; reject: (error: unknown) => void };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly manifest: Manifest,
    private settings: Settings,
    private readonly platform: () => Platform,
  ) {
    this.names = partsOf(manifest);
    this.isReady = this.promiseReady();
  }

  get version(): string {
    return this.manifest.version;
  }

  get state(): RuntimeState {
    return this.current;
  }

  get progress(): Progress {
    const bytes = (name: string): number => this.manifest.files[name]?.bytes ?? 0;
    const sum = (names: string[]): number => names.reduce((total, name) => total + bytes(name), 0);
    return { loaded: sum([...this.arrived].map((part) => this.names[part])), total: sum(Object.values(this.names)) };
  }

  /** Settles when the runtime has started, or could not. Does not start it: a lazy one starts with the first client. */
  get ready(): Promise<void> {
    return this.isReady;
  }

  /** Calls back after every change of `state` or `progress`; returns the way to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Change where and how to start. Throws once the start has begun. */
  configure(changes: Configuration): void {
    if (this.port !== undefined) throw new Error("The runtime has been started: configure it earlier, or use data-lazy");
    this.settings = configured(this.settings, changes, this.platform().baseUrl);
  }

  get lazy(): boolean {
    return this.settings.lazy;
  }

  /** Throws where no client can ever work, so that whoever makes one there sees the place. */
  check(): void {
    if (!this.platform().isBrowser) throw noBrowserError();
  }

  /** Begins once. After a failure the next call tries again. */
  start(): Promise<Port> {
    if (this.port === undefined || this.current === "failed") {
      if (this.current === "failed") this.isReady = this.promiseReady();
      const port = this.boot();
      port.then(this.settleReady.resolve, this.settleReady.reject);
      this.port = port;
    }
    return this.port;
  }

  private async boot(): Promise<Port> {
    this.arrived.clear();
    this.enter("loading");
    const giveUp = new AbortController();
    const { url, files, thread: where, timeout, nonce } = this.settings;
    let thread: Thread | undefined;
    let deadline: Deadline | undefined;
    let policy: PolicyWatch | undefined;
    try {
      if (url === undefined && files === undefined) throw unlocatedError();
      const platform = this.platform();
      if (where === "worker" && platform.Worker === undefined) throw noWorkerError();
      const problem = wasmProblem(platform.compiler);
      if (problem !== null) throw problem;
      policy = new PolicyWatch(platform.violations);
      const downloads: Downloads = {
        manifest: this.manifest,
        locate: (file) => files?.[file] ?? `${url ?? ""}${file}`,
        policy,
        fetch: (address, options) => platform.fetch(address, { ...options, signal: giveUp.signal }),
        online: platform.online,
      };
      return await new Promise<Port>((resolve, reject) => {
        deadline = new Deadline(timeout, () => reject(timeoutError(timeout, this.missing())));
        const { all, start } = this.prepare(platform, downloads, where, nonce, reject);
        void all.then(() => {
          if (this.current !== "loading") return;
          this.enter("starting");
          deadline?.stop();
          deadline = new Deadline(timeout, () => reject(timeoutError(timeout, [])));
        }, reject);
        start.then((started) => {
          thread = started;
          // Given up in the meantime.
          if (this.current === "failed") started.stop();
          started.ready.then(resolve, reject);
        }, reject);
      }).then((port) => {
        this.enter("ready");
        return port;
      });
    } catch (error) {
      this.enter("failed");
      thread?.stop();
      giveUp.abort();
      throw error instanceof PyconvoBootError ? error : coreError(error);
    } finally {
      deadline?.stop();
      policy?.stop();
    }
  }

  /** Starts all downloads at once, and the thread as soon as its own code is there. */
  private prepare(
    platform: Platform,
    downloads: Downloads,
    where: Settings["thread"],
    nonce: string | undefined,
    failed: (error: unknown) => void,
  ): { all: Promise<unknown>; start: Promise<Thread> } {
    const { names } = this;
    const bytes = async (part: Part): Promise<ArrayBuffer> =>
      this.count(part, (await download(downloads, names[part])).arrayBuffer());
    const wasm = async (): Promise<WebAssembly.Module> => {
      const response = await download(downloads, names.wasm);
      return this.count("wasm", compile(platform.compiler as Compiler, response, names.wasm));
    };
    const module = async (part: Part): Promise<Verified> => {
      const { integrity } = fileOf(downloads, names[part]);
      const url = downloads.locate(names[part]);
      return this.count(part, platform.importVerified(url, integrity, nonce)).catch(async () => {
        if (await downloads.policy.blocked("script-src", url)) throw scriptPolicyError(names[part], url);
        throw await explain(downloads, names[part]);
      });
    };

    if (where === "main") {
      const code = module("worker").then((verified) => verified.module);
      const asm = module("asm").then((verified) => verified.url);
      const parts: PendingParts = { asm, wasm: wasm(), stdlib: bytes("stdlib"), core: bytes("core") };
      const all = Promise.all([code, ...Object.values<Promise<Parts[keyof Parts]>>(parts)]);
      return { all, start: Promise.resolve(startInPage(code as Promise<InterpreterModule>, parts, names.wasm)) };
    }
    const code = bytes("worker");
    const asm = bytes("asm").then((text) => platform.createUrl(text));
    const parts: PendingParts = { asm, wasm: wasm(), stdlib: bytes("stdlib"), core: bytes("core") };
    const all = Promise.all([code, ...Object.values<Promise<Parts[keyof Parts]>>(parts)]);
    const start = code.then((text) => {
      const thread = startWorker(platform as WorkerPlatform, text, parts, names.wasm);
      // The blob has been imported by then, or never will be.
      const release = (): void => void asm.then((url) => platform.revokeUrl(url), () => undefined);
      thread.ready.then(release, release);
      return thread;
    });
    start.catch(failed);
    return { all, start };
  }

  private async count<T>(part: Part, work: Promise<T>): Promise<T> {
    const result = await work;
    if (this.current === "loading") {
      this.arrived.add(part);
      this.changed();
    }
    return result;
  }

  private missing(): string[] {
    return (Object.keys(this.names) as Part[]).filter((part) => !this.arrived.has(part)).map((part) => this.names[part]);
  }

  private enter(state: RuntimeState): void {
    this.current = state;
    this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) {
      try {
        listener();
      } catch (error) {
        console.error("pyconvo: a listener of the runtime failed:", error);
      }
    }
  }

  private promiseReady(): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      this.settleReady = { resolve, reject };
    });
    // Whoever does not ask is not told: the failure also reaches every call of a client.
    ready.catch(() => undefined);
    return ready;
  }
}
