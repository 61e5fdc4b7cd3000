/**
 * Loads the files of a start, each once: what several ways to start have in common is there for the next when one fails.
 * Not responsible for what is made of them.
 */

import type { Parts, PendingParts } from "../worker/messages.ts";
import { asBytes, isLasting, type Take } from "./attempt.ts";
import { asModule, type Compiled, type Compiler } from "./compile.ts";
import { download, type Downloads, explain, fileOf, wantedOf } from "./download.ts";
import { notRunError, PyconvoBootError, scriptPolicyError } from "./errors.ts";
import { joined } from "./joined.ts";
import type { Kept } from "./kept.ts";
import type { LoadingWorker, Order } from "./loading.ts";
import type { Part, PartFiles } from "./manifest.ts";
import { wasmFailure } from "./wasm.ts";

/** A module of the page. Importing `url` gives the same one again. */
export interface Verified {
  readonly module: unknown;
  readonly url: string;
}

/** What of the browser is used. */
export interface LoaderPlatform {
  compiler: Compiler | undefined;
  /** Imports a module of the page after the browser has checked its hash. */
  importVerified(url: string, integrity: string, nonce: string | undefined): Promise<Verified>;
}

/** Everything that an interpreter needs, on its way; `all` once it is there. */
export interface Coming<Code> {
  readonly code: Promise<Code>;
  readonly parts: PendingParts;
  readonly all: Promise<unknown>;
}

export class Loader {
  /** Files of wasm that were compiled as they came, see `Compiled`. */
  readonly streamed = new Set<string>();
  /** Files that the browser's cache will have when they are asked for again. */
  readonly lasting = new Set<string>();
  private readonly loads = new Map<string, Promise<unknown>>();

  /** `worker` loads what is large, if there is one; `arrived` hears how many bytes of a file are there. */
  constructor(
    private readonly platform: LoaderPlatform,
    private readonly downloads: Downloads,
    private readonly kept: Kept | undefined,
    private readonly nonce: string | undefined,
    private readonly worker: LoadingWorker | undefined,
    private readonly arrived: (file: string, bytes: number) => void,
  ) {}

  /** `code` is the text of the worker, with that of Emscripten in it. */
  forWorker(files: PartFiles): Coming<BlobPart[]> {
    // Small, and wanted first: they do not wait until a worker runs.
    const texts = [this.here(nameOf(files, "worker")), this.here(nameOf(files, "asm"))] as const;
    const code = Promise.all(texts).then(([worker, asm]) => joined(worker, asm));
    return { code, ...this.others(files, code) };
  }

  /** `code` is the worker's text as a module of the page. */
  forPage(files: PartFiles): Coming<unknown> {
    const code = this.module(nameOf(files, "worker")).then(({ module }) => module);
    const asm = this.module(nameOf(files, "asm")).then(({ url }) => url);
    return { code, ...this.others(files, code, { asm }) };
  }

  private others(
    files: PartFiles,
    code: Promise<unknown>,
    asm: Pick<PendingParts, "asm"> = {},
  ): Omit<Coming<unknown>, "code"> {
    const parts: PendingParts = { ...asm, wasm: this.wasm(nameOf(files, "wasm")) };
    if (files.snapshot !== undefined) parts.snapshot = this.bytes(files.snapshot, true);
    for (const part of ["stdlib", "core"] as const) {
      const file = files[part];
      if (file !== undefined) parts[part] = this.bytes(file, false);
    }
    return { parts, all: Promise.all([code, ...Object.values<Promise<Parts[keyof Parts]>>(parts)]) };
  }

  /** On the page's own thread. */
  private here(file: string): Promise<ArrayBuffer> {
    return this.once(file, () => this.downloaded(file, asBytes));
  }

  private bytes(file: string, keep: boolean): Promise<ArrayBuffer> {
    return this.once(file, async () => {
      const loaded = await this.elsewhere<ArrayBuffer>(file, "bytes", keep);
      if (loaded !== null) return loaded;
      const kept = keep ? await this.kept?.take(fileOf(this.downloads, file)) : null;
      return kept ?? this.downloaded(file, asBytes);
    });
  }

  private wasm(file: string): Promise<WebAssembly.Module> {
    return this.once(file, async () => {
      const loaded = await this.elsewhere<Compiled>(file, "module", false);
      const take = asModule(this.platform.compiler as Compiler, (error) => wasmFailure(file, error));
      const { module, streamed } = loaded ?? (await this.downloaded(file, take));
      if (streamed) this.streamed.add(file);
      return module;
    });
  }

  /** By the worker that loads; null where there is none, or it could not. */
  private async elsewhere<T>(file: string, as: Order["as"], kept: boolean): Promise<T | null> {
    const order = { ...wantedOf(this.downloads, file), as, kept: kept && this.kept !== undefined };
    const outcome = await this.worker?.load(order, (bytes) => this.arrived(file, bytes));
    if (!outcome?.value) return null;
    if (outcome.lasting) this.lasting.add(file);
    return outcome.value as T;
  }

  private downloaded<T>(file: string, take: Take<T>): Promise<T> {
    const taken: Take<T> = (response, verify) => {
      if (isLasting(response)) this.lasting.add(file);
      return take(response, verify);
    };
    return download(this.downloads, file, taken, (bytes) => this.arrived(file, bytes));
  }

  private module(file: string): Promise<Verified> {
    return this.once(file, async () => {
      const url = this.downloads.locate(file);
      try {
        return await this.platform.importVerified(url, fileOf(this.downloads, file).integrity, this.nonce);
      } catch (error) {
        if (error instanceof PyconvoBootError) throw error;
        if (await this.downloads.policy.blocked("script-src", url)) throw scriptPolicyError(file, url);
        throw (await explain(this.downloads, file)) ?? notRunError(file, url, error);
      }
    });
  }

  private once<T>(file: string, load: (file: string) => Promise<T>): Promise<T> {
    let loading = this.loads.get(file) as Promise<T> | undefined;
    if (loading === undefined) {
      loading = load(file);
      this.loads.set(file, loading);
      loading.then(
        () => this.arrived(file, fileOf(this.downloads, file).bytes),
        () => undefined,
      );
    }
    return loading;
  }
}

function nameOf(files: PartFiles, part: Part): string {
  return files[part] as string;
}
