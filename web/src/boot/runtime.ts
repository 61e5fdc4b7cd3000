/**
 * The start of the runtime from the page's side: loads every file at once, starts the thread, watches the clock, tries the
 * next way where one fails, and settles one promise. Several clients share what it starts. Not responsible for what is
 * said over the line.
 */

import type { Port } from "../bridge/port.js";
import { Deadline } from "./deadline.ts";
import type { Downloads } from "./download.ts";
import { coreError, describe, noBrowserError, noWorkerError, PyconvoBootError, timeoutError, unlocatedError } from "./errors.ts";
import { Kept } from "./kept.ts";
import { type LaterPlatform, prepareLaterVisits } from "./later-visits.ts";
import { Loader, type LoaderPlatform } from "./loader.ts";
import { type LoadingPlatform, type LoadingWorker, startLoading } from "./loading.ts";
import { filesByWay, type Manifest, type PartFiles, type Way, WAYS } from "./manifest.ts";
import { PolicyWatch, type ViolationTarget } from "./policy.ts";
import { type Configuration, configured, type Settings } from "./settings.ts";
import { type InterpreterModule, startInPage, startWorker, type Thread, type WorkerPlatform } from "./threads.ts";
import { wasmProblem } from "./wasm.ts";

/**
 * `idle` → `loading` (files on their way) → `starting` (Python starts) → `ready`, or `failed` from any of them: from the
 * last when Python has crashed. Back from `starting` to `loading` when another way to start is tried.
 */
export type RuntimeState = "idle" | "loading" | "starting" | "ready" | "failed";

export interface Progress {
  /** Bytes (before compression) that have arrived. */
  readonly loaded: number;
  readonly total: number;
}

/** What of the browser is used; everything is looked up when it starts, nothing when the script is loaded. */
export interface Platform
  extends LoaderPlatform,
    LaterPlatform,
    Omit<WorkerPlatform & LoadingPlatform, "Worker"> {
  readonly isBrowser: boolean;
  readonly Worker: WorkerPlatform["Worker"] | undefined;
  fetch(url: string, options: RequestInit): Promise<Response>;
  /** Whether what is loaded is checked here; otherwise the browser itself is to do it. */
  readonly hashes: boolean;
  online(): boolean;
  /** The Cache API. */
  caches(): CacheStorage | undefined;
  /** Whether files kept there start sooner than those that `fetch` finds. */
  readonly keeps: boolean;
  violations: ViolationTarget | undefined;
  baseUrl: string | undefined;
}

export class Runtime {
  private current: RuntimeState = "idle";
  /** Bytes, by names of files. */
  private readonly arrived = new Map<string, number>();
  private deadline: Deadline | undefined;
  private readonly ways: Record<Way, PartFiles>;
  private way: Way;
  private port: Promise<Port> | undefined;
  private thread: Thread | undefined;
  private isReady: Promise<void>;
  private settleReady!: { resolve: () => void; reject: (error: unknown) => void };
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly manifest: Manifest,
    private settings: Settings,
    private readonly platform: () => Platform,
  ) {
    this.ways = filesByWay(manifest);
    this.way = settings.way;
    this.isReady = this.promiseReady();
  }

  get version(): string {
    return this.manifest.version;
  }

  get state(): RuntimeState {
    return this.current;
  }

  get progress(): Progress {
    const needed = Object.values(this.ways[this.way]);
    const sum = (bytes: (name: string) => number): number => needed.reduce((total, name) => total + bytes(name), 0);
    // Another file than the released one may have more.
    const arrived = (name: string): number => Math.min(this.arrived.get(name) ?? 0, this.sizeOf(name));
    return { loaded: sum(arrived), total: sum((name) => this.sizeOf(name)) };
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

  /** Change where and how to start. Throws once the start has begun, unless it has failed. */
  configure(changes: Configuration): void {
    if (this.port !== undefined && this.current !== "failed") throw new Error("The runtime has been started: configure it earlier, or use data-lazy");
    this.settings = configured(this.settings, changes, this.platform().baseUrl);
    this.way = this.settings.way;
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
    this.way = this.settings.way;
    this.enter("loading");
    const giveUp = new AbortController();
    const { url, files, keep, nonce } = this.settings;
    let policy: PolicyWatch | undefined;
    let loading: LoadingWorker | undefined;
    try {
      if (url === undefined && files === undefined) throw unlocatedError();
      const platform = this.platform();
      if (this.settings.thread === "worker" && platform.Worker === undefined) throw noWorkerError();
      const problem = wasmProblem(platform.compiler);
      if (problem !== null) throw problem;
      policy = new PolicyWatch(platform.violations);
      const downloads: Downloads = {
        manifest: this.manifest,
        locate: (file) => files?.[file] ?? `${url ?? ""}${file}?${this.tag(file)}`,
        policy,
        fetch: (address, options) => platform.fetch(address, { ...options, signal: giveUp.signal }),
        hashes: platform.hashes,
        online: platform.online,
      };
      const kept = keep && platform.keeps ? new Kept(() => platform.caches()) : undefined;
      loading = this.settings.thread === "worker" ? startLoading(platform as LoadingPlatform) : undefined;
      const loader = new Loader(platform, downloads, kept, nonce, loading, (file, bytes) => {
        if (this.current !== "loading") return;
        // A file that is asked for once more begins again, which nobody needs to see.
        this.arrived.set(file, Math.max(bytes, this.arrived.get(file) ?? 0));
        this.deadline?.restart();
        this.changed();
      });
      const port = await this.anyWay(platform, loader);
      this.enter("ready");
      const { exercise } = this.thread as Thread;
      prepareLaterVisits(platform, { files: this.ways[this.way], exercise, downloads, loader, kept, loading });
      return port;
    } catch (error) {
      this.enter("failed");
      giveUp.abort();
      loading?.stop();
      throw error instanceof PyconvoBootError ? error : coreError(error);
    } finally {
      policy?.stop();
    }
  }

  /** The first of the ways that works. */
  private async anyWay(platform: Platform, loader: Loader): Promise<Port> {
    const { url, files } = this.settings;
    const later = WAYS.slice(WAYS.indexOf(this.way) + 1);
    // A bundler has taken only some of the files along.
    const open = later.filter((way) => url !== undefined || Object.values(this.ways[way]).every((name) => files?.[name]));
    for (;;) {
      try {
        return await this.attempt(platform, loader);
      } catch (error) {
        const next = open.shift();
        if (next === undefined || !this.otherWayMayHelp(error, platform)) throw error;
        console.warn(`pyconvo: the start "${this.way}" failed (${describe(error)}), trying "${next}".`);
        this.way = next;
        this.enter("loading");
      }
    }
  }

  /** What is missing may not be needed then, and what fails to start may not run. A changed file is never passed over. */
  private otherWayMayHelp(error: unknown, platform: Platform): boolean {
    if (!(error instanceof PyconvoBootError)) return true;
    if (error.reason === "core") return true;
    const { snapshot, stdlib, core } = this.ways[this.way];
    return error.reason === "network" && [snapshot, stdlib, core].includes(error.file) && platform.online();
  }

  private async attempt(platform: Platform, loader: Loader): Promise<Port> {
    const { timeout } = this.settings;
    let thread: Thread | undefined;
    let over = false;
    try {
      return await new Promise<Port>((resolve, reject) => {
        this.deadline = new Deadline(timeout, () => reject(timeoutError(timeout, this.missing())));
        const { all, start } = this.prepare(platform, loader);
        all.then(() => {
          if (over) return;
          this.enter("starting");
          this.deadline?.stop();
          this.deadline = new Deadline(timeout, () => reject(timeoutError(timeout, [])));
        }, reject);
        start.then((started) => {
          thread = started;
          this.thread = started;
          // Given up in the meantime.
          if (over) started.stop();
          started.ready.then(resolve, reject);
        }, reject);
      });
    } catch (error) {
      thread?.stop();
      throw error;
    } finally {
      over = true;
      this.deadline?.stop();
    }
  }

  /** Starts all downloads at once, and the thread as soon as its own code is there. */
  private prepare(platform: Platform, loader: Loader): { all: Promise<unknown>; start: Promise<Thread> } {
    const files = this.ways[this.way];
    const wasm = files.wasm as string;
    const lost = (): void => this.enter("failed");
    if (this.settings.thread === "main") {
      const { all, code, parts } = loader.forPage(files);
      return { all, start: Promise.resolve(startInPage(code as Promise<InterpreterModule>, parts, wasm, lost)) };
    }
    const { all, code, parts } = loader.forWorker(files);
    return { all, start: code.then((text) => startWorker(platform as WorkerPlatform, text, parts, wasm, lost)) };
  }

  /** The file's hash, shortened: makes its address one whose content never changes. */
  private tag(file: string): string {
    const hash = this.manifest.files[file]?.integrity.split("-")[1] ?? "";
    return hash.slice(0, 16).replaceAll("+", "-").replaceAll("/", "_");
  }

  private missing(): string[] {
    return Object.values(this.ways[this.way]).filter((name) => (this.arrived.get(name) ?? 0) < this.sizeOf(name));
  }

  private sizeOf(file: string): number {
    return this.manifest.files[file]?.bytes ?? 0;
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
