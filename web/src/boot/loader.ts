/**
 * Loads the files of a start, each once: what several ways to start have in common is there for the next when one fails.
 * Not responsible for what is made of them.
 */

import type { Parts, PendingParts } from "../worker/messages.ts";
import { download, downloadBytes, type Downloads, explain, fileOf } from "./download.ts";
import { scriptPolicyError } from "./errors.ts";
import { joined } from "./joined.ts";
import type { Kept } from "./kept.ts";
import type { Part, PartFiles } from "./manifest.ts";
import { canStream, compile, type Compiler } from "./wasm.ts";

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
  /** Files of wasm that were compiled as they came: the browser can keep such with what it has compiled. */
  readonly streamed = new Set<string>();
  private readonly loads = new Map<string, Promise<unknown>>();

  /** `arrived` hears of each file that is there. */
  constructor(
    private readonly platform: LoaderPlatform,
    private readonly downloads: Downloads,
    private readonly kept: Kept,
    private readonly nonce: string | undefined,
    private readonly arrived: (file: string) => void,
  ) {}

  /** `code` is the text of the worker, with that of Emscripten in it. */
  forWorker(files: PartFiles): Coming<BlobPart[]> {
    const texts = [this.bytes(nameOf(files, "worker")), this.bytes(nameOf(files, "asm"))] as const;
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
    if (files.snapshot !== undefined) parts.snapshot = this.snapshot(files.snapshot);
    for (const part of ["stdlib", "core"] as const) {
      const file = files[part];
      if (file !== undefined) parts[part] = this.bytes(file);
    }
    return { parts, all: Promise.all([code, ...Object.values<Promise<Parts[keyof Parts]>>(parts)]) };
  }

  private bytes(file: string): Promise<ArrayBuffer> {
    return this.once(file, () => downloadBytes(this.downloads, file));
  }

  private snapshot(file: string): Promise<ArrayBuffer> {
    return this.once(file, async () => {
      const kept = await this.kept.take(fileOf(this.downloads, file));
      return kept ?? downloadBytes(this.downloads, file);
    });
  }

  private wasm(file: string): Promise<WebAssembly.Module> {
    const compiler = this.platform.compiler as Compiler;
    return this.once(file, () => this.compiled(compiler, file));
  }

  private compiled(compiler: Compiler, file: string): Promise<WebAssembly.Module> {
    return download(this.downloads, file, async (response, verify) => {
      // Compiled while it arrives; but nobody gets it, nor hears why it could not be, before its bytes are known.
      const copy = verify && response.clone();
      if (verify && canStream(compiler, response)) this.streamed.add(file);
      const compiled = compile(compiler, response, file);
      compiled.catch(() => undefined);
      if (copy !== undefined) await verify?.(copy, false);
      return compiled;
    });
  }

  private module(file: string): Promise<Verified> {
    return this.once(file, async () => {
      const url = this.downloads.locate(file);
      try {
        return await this.platform.importVerified(url, fileOf(this.downloads, file).integrity, this.nonce);
      } catch {
        if (await this.downloads.policy.blocked("script-src", url)) throw scriptPolicyError(file, url);
        throw await explain(this.downloads, file);
      }
    });
  }

  private once<T>(file: string, load: (file: string) => Promise<T>): Promise<T> {
    let loading = this.loads.get(file) as Promise<T> | undefined;
    if (loading === undefined) {
      loading = load(file);
      this.loads.set(file, loading);
      loading.then(
        () => this.arrived(file),
        () => undefined,
      );
    }
    return loading;
  }
}

function nameOf(files: PartFiles, part: Part): string {
  return files[part] as string;
}
