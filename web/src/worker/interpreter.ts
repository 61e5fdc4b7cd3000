/**
 * Starts Python with pyconvo in it and joins its bridge to a line of texts: continues from a snapshot, or loads library
 * and pyconvo from zips. Runs in the worker and, for pages that forbid workers, on the page's thread. Not responsible for
 * where the parts come from.
 */

import { loadPyodide } from "pyodide";
import { type Batches, batches } from "./batches.ts";
import type { PendingParts } from "./messages.ts";
import { continueFrom, type PythonModule } from "./snapshot.ts";
import { PARTS_URL, provide } from "./substitutes.ts";
import { type OnFailure, type Settings, watched } from "./watched.ts";

/** The `info` of Pyodide's lock file, written in by the build: what its package manager wants to see. */
declare const PYODIDE_LOCK_INFO: Record<string, string>;

/** What Pyodide would have told a Python that it starts itself. */
const environmentOf = (): Record<string, string> => ({
  HOME: "/home/pyodide",
  LANG: `${(globalThis.navigator?.language ?? "C").replace("-", "_")}.UTF-8`,
});

/** Failed on the way: in the wasm (before Python) or in the core (Python itself). */
export class StartError extends Error {
  constructor(
    readonly during: "wasm" | "core",
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

export interface Interpreter {
  /** Gives the core one text of the page. */
  receive(text: string): void;
  /** Runs so much in the next seconds that V8 keeps what it has compiled (`pyconvo/bridge/exercise.py`). */
  exercise(done: () => void): void;
}

/** Of Emscripten: makes the module that is Python. */
type CreateModule = (settings: Settings) => Promise<PythonModule>;

declare global {
  /** In a worker that `joined.ts` has put together. */
  var createPyodideModule: CreateModule | undefined;
}

/** A Python object held by JavaScript. */
interface Held {
  destroy(): void;
}

interface BridgeModule extends Held {
  start: Held;
}

interface SnapshotModule extends Held {
  renew(environment: Held): void;
}

interface Served {
  receive(bytes: Uint8Array): void;
  exercise(done: () => void): void;
}

interface BrowserModule extends Held {
  serve(start: Held, post: (text: Uint8Array) => void, batches: Batches): Served;
}

/**
 * `post` is called with every text of the core; `lost` if the interpreter crashes later, perhaps more than once.
 * Rejects with a {@link StartError}; if a part is rejected, never settles: whoever provides it knows.
 */
export async function startInterpreter(
  parts: PendingParts,
  post: (text: string) => void,
  lost: (error: unknown) => void,
): Promise<Interpreter> {
  const { promise: failure, reject: fail } = deferred();
  const failed: OnFailure = (during, error) => fail(new StartError(during, error));
  provide(parts, (error) => failed("wasm", error));
  const started = start(parts, post, lost, failed).catch((error: unknown) => {
    throw error instanceof StartError ? error : new StartError("core", error);
  });
  return Promise.race([started, failure]);
}

async function start(
  parts: PendingParts,
  post: (text: string) => void,
  lost: (error: unknown) => void,
  failed: OnFailure,
): Promise<Interpreter> {
  const { asm, snapshot } = parts;
  const script = asm === undefined ? Promise.resolve(globalThis.createPyodideModule as CreateModule) : imported(asm);
  script.catch(() => undefined);
  const pyodide = await loadPyodide({
    indexURL: PARTS_URL,
    stdLibURL: `${PARTS_URL}stdlib.zip`,
    packageBaseUrl: PARTS_URL,
    lockFileContents: { info: PYODIDE_LOCK_INFO, packages: {} },
    // Only to say that there is one.
    ...(snapshot === undefined ? {} : { _loadSnapshot: new Uint8Array(4) }),
    createPyodideModule: async (settings: Settings) => {
      const create = await script;
      const module = await create(watched(settings, failed));
      if (snapshot !== undefined) continueFrom(await snapshot, module);
      return module;
    },
    // There is no one to ask.
    stdin: () => null,
  } as unknown as Parameters<typeof loadPyodide>[0]);
  const watchedCall = tellingOfCrash((pyodide as unknown as { _api: Internals })._api, lost);

  if (snapshot === undefined) {
    const sitePackages = pyodide.runPython("import site; site.getsitepackages()[0]") as string;
    pyodide.unpackArchive((await parts.core) as ArrayBuffer, "zip", { extractDir: sitePackages });
  } else {
    const module = pyodide.pyimport("pyconvo.bridge.snapshot") as unknown as SnapshotModule;
    const environment = pyodide.toPy(environmentOf()) as unknown as Held;
    module.renew(environment);
    for (const held of [environment, module]) held.destroy();
  }
  const bridge = pyodide.pyimport("pyconvo.bridge") as unknown as BridgeModule;
  const browser = pyodide.pyimport("pyconvo.hosts.browser") as unknown as BrowserModule;
  const startBridge = bridge.start;
  // Bytes cross into Python, and out of it, ten times as fast as text does.
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const { receive, exercise } = browser.serve(startBridge, (text) => post(decoder.decode(text)), batches());
  for (const held of [startBridge, bridge, browser]) held.destroy();
  return { receive: (text) => watchedCall(() => receive(encoder.encode(text))), exercise };
}

/** Of Pyodide, private: its version is pinned, and a test crashes it. */
interface Internals {
  on_fatal: (error: unknown) => Promise<void>;
  /** Thrown at whoever calls Python once its own state is no longer what it was. */
  NoGilError: new () => Error;
}

/**
 * A crash that Pyodide has not noticed shows in the next call of Python: of a socket, of a timer, or one that is made by what
 * this returns. (WebKit does not tell a page what was thrown in a script from elsewhere.)
 */
function tellingOfCrash(internals: Internals, lost: (error: unknown) => void): (call: () => void) => void {
  const hear = (error: unknown): void => {
    if (error instanceof internals.NoGilError) tell(error);
  };
  const thrown = ({ error }: ErrorEvent): void => hear(error);
  const rejected = ({ reason }: PromiseRejectionEvent): void => hear(reason);
  const tell = (error: unknown): void => {
    removeEventListener("error", thrown);
    removeEventListener("unhandledrejection", rejected);
    lost(error);
  };
  internals.on_fatal = async (error) => tell(error);
  addEventListener("error", thrown);
  addEventListener("unhandledrejection", rejected);
  return (call) => {
    try {
      call();
    } catch (error) {
      hear(error);
      throw error;
    }
  };
}

/** A page may bundle the asm file's import as well: its name is computed so that no bundler follows it. */
async function imported(asm: Promise<string>): Promise<CreateModule> {
  const { default: create } = (await import(/* @vite-ignore */ await asm)) as { default: CreateModule };
  return create;
}

function deferred(): { promise: Promise<never>; reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, rejected) => {
    reject = rejected;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}
