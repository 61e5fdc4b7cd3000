/**
 * What is done after a start so that later visits have less to do: the snapshot is kept as it is in the end, and the browser
 * is made to keep what it has compiled of the wasm. And when the worker that loads may go.
 */

import { type Downloads, fileOf } from "./download.ts";
import type { Kept } from "./kept.ts";
import type { Loader } from "./loader.ts";
import type { LoadingWorker } from "./loading.ts";
import type { PartFiles } from "./manifest.ts";
import type { Thread } from "./threads.ts";

/** Milliseconds that a browser may take to store what it has compiled; only the thread that compiled it can. */
const STORING = 5000;

/** What of the browser is used. */
export interface LaterPlatform {
  /** Which build of the browser this is: what it has compiled is of use to no other. */
  engine(): Promise<string>;
  /** Calls back once, some time after a start, when the page has nothing else to do. */
  later(task: () => Promise<void>): void;
}

/** A start that has succeeded. */
export interface Start {
  readonly files: PartFiles;
  readonly exercise: Thread["exercise"];
  readonly downloads: Downloads;
  readonly loader: Loader;
  readonly kept: Kept | undefined;
  readonly loading: LoadingWorker | undefined;
}

export function prepareLaterVisits(platform: LaterPlatform, start: Start): void {
  const { kept, loading } = start;
  if (kept === undefined) return loading?.stop();
  const compiling = uncompiled(platform, start, kept).then((compile) => {
    if (compile === undefined) loading?.stop();
    else loading?.rest();
    return compile;
  });
  platform.later(async () => {
    await keepSnapshot(start, kept);
    const compile = await compiling;
    if (compile === undefined) return;
    // A core that is lost meanwhile is told of by its line.
    await compile().catch(() => undefined);
    setTimeout(() => loading?.stop(), STORING);
  });
}

/** From the browser's cache, where that will have it again. */
async function keepSnapshot({ files: { snapshot }, loader, downloads }: Start, kept: Kept): Promise<void> {
  if (snapshot === undefined || !loader.lasting.has(snapshot)) return;
  const load = (): Promise<Response> => downloads.fetch(downloads.locate(snapshot), { mode: "cors" });
  await kept.keep(fileOf(downloads, snapshot), load);
}

/** Makes the browser compile what it stores then, and notes it; undefined where that is done already, or would be in vain. */
async function uncompiled(platform: LaterPlatform, start: Start, kept: Kept): Promise<(() => Promise<void>) | undefined> {
  const { files, exercise, loader, downloads } = start;
  const { wasm } = files;
  if (!wasm || !exercise || !loader.streamed.has(wasm) || !loader.lasting.has(wasm)) return undefined;
  const file = fileOf(downloads, wasm);
  const engine = await platform.engine();
  if (await kept.done(file, engine)) return undefined;
  return async () => {
    // Where there is no room for a note it would be done in each visit.
    if (!(await kept.note(file, engine, "begun"))) return;
    await exercise();
    await kept.note(file, engine, "done");
  };
}
