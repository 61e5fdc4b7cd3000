/**
 * Runs the interpreter in a worker, or on the page's own thread, and gives the line to it. Both take verified parts.
 */

import type { Port } from "../bridge/port.js";
import type { Interpreter } from "../worker/interpreter.ts";
import {
  type FromWorker,
  type PartName,
  type Parts,
  type PendingParts,
  type PlainError,
  revivedError,
  type ToWorker,
} from "../worker/messages.ts";
import { classicText } from "./classic-worker.ts";
import { coreError, lostError, PyconvoBootError, workerPolicyError } from "./errors.ts";
import { wasmFailure } from "./wasm.ts";

/** Running: a line to the core. `stop` is for a start that is given up. */
export interface Thread {
  readonly ready: Promise<Port>;
  stop(): void;
  /** Runs much, beside what else there is to do; see `Interpreter`. Rejects if that is lost. Not on the page's own thread. */
  readonly exercise?: () => Promise<void>;
}

export interface WorkerPlatform {
  Worker: new (url: string, options: { type: WorkerType; name: string }) => Worker;
  /** Whether the page's origin is none that anything could share: see `classic-worker.ts`. */
  readonly opaque: boolean;
  /** An address for code that is here already. */
  createUrl(code: BlobPart[]): string;
  revokeUrl(url: string): void;
  /** Tells when the browser goes online (true) or offline; returns the way to stop. */
  onNetwork(listener: (online: boolean) => void): () => void;
}

/** A worker made of `code` that is sent each part when it is there. `lost` is called if it crashes once it is ready. */
export function startWorker(
  platform: WorkerPlatform,
  code: BlobPart[],
  parts: PendingParts,
  wasmFile: string,
  lost: () => void,
): Thread {
  const url = platform.createUrl(platform.opaque ? classicText(code) : code);
  let worker: Worker;
  try {
    worker = new platform.Worker(url, { type: platform.opaque ? "classic" : "module", name: "pyconvo" });
  } catch (error) {
    platform.revokeUrl(url);
    const told = error instanceof PyconvoBootError ? error : workerPolicyError(error);
    return { ready: Promise.reject(told), stop: () => undefined };
  }
  const stopNetwork = platform.onNetwork((online) => send({ kind: "network", online }, []));
  const stop = (): void => {
    stopNetwork();
    platform.revokeUrl(url);
    worker.terminate();
  };
  const send = (message: ToWorker, transfer: Transferable[]): void => worker.postMessage(message, transfer);
  const port: Port = { post: (text) => worker.postMessage(text), onmessage: null, onlost: null, close: stop };
  let exercising: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  const exercise = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (port.lost !== undefined) return reject(port.lost);
      exercising = { resolve, reject };
      send({ kind: "exercise" }, []);
    });
  const ready = new Promise<Port>((resolve, reject) => {
    let alive = false;
    const names = Object.keys(parts) as PartName[];
    const sendPart = <Part extends PartName>(part: Part): void => {
      const deliver = (value: NonNullable<Parts[Part]>): void => {
        try {
          send({ kind: "part", part, value } as ToWorker, value instanceof ArrayBuffer ? [value] : []);
        } catch (error) {
          reject(coreError(error));
        }
      };
      // A part that fails is reported by who loads it.
      (parts[part] as Promise<NonNullable<Parts[Part]>>).then(deliver, () => undefined);
    };
    worker.onmessageerror = () => reject(coreError("what the worker sent cannot be read"));
    worker.onmessage = ({ data }: MessageEvent<string | FromWorker>) => {
      if (typeof data === "string") return port.onmessage?.(data);
      switch (data.kind) {
        case "alive":
          alive = true;
          platform.revokeUrl(url);
          send({ kind: "begin", parts: names }, []);
          return names.forEach((part) => sendPart(part));
        case "ready":
          return resolve(port);
        case "exercised":
          return exercising?.resolve();
        case "failed":
          return reject(startFailure(data.during, data.error, wasmFile));
        case "lost":
          stop();
          lose(port, revivedError(data.error), lost);
          return exercising?.reject(port.lost);
      }
    };
    worker.onerror = (event) => {
      // A worker whose code was refused has nothing to say about it.
      if (!alive) reject(event.message ? coreError(event.message) : workerPolicyError());
      else console.error("pyconvo: error in the worker:", event.message);
    };
  });
  return { ready, stop, exercise };
}

/** What `worker.mjs` exports when a page imports it. */
export interface InterpreterModule {
  startInterpreter(
    parts: PendingParts,
    post: (text: string) => void,
    lost: (error: unknown) => void,
  ): Promise<Interpreter>;
}

/** The interpreter on the page's thread, by the same bridge. It cannot be stopped, only no longer listened to. */
export function startInPage(
  module: Promise<InterpreterModule>,
  parts: PendingParts,
  wasmFile: string,
  lost: () => void,
): Thread {
  let interpreter: Interpreter | null = null;
  let closed = false;
  const port: Port = {
    // Not inside the page's own call: page code and Python never share a stack.
    post: (text) => queueMicrotask(() => interpreter?.receive(text)),
    onmessage: null,
    onlost: null,
    close: () => {
      closed = true;
      interpreter = null;
    },
  };
  const ready = module.then(async ({ startInterpreter }) => {
    try {
      interpreter = await startInterpreter(
        onlyArriving(parts),
        (text) => queueMicrotask(() => closed || port.onmessage?.(text)),
        (error) => {
          if (closed) return;
          port.close();
          lose(port, error, lost);
        },
      );
      return port;
    } catch (error) {
      const { during, cause } = error as { during?: "wasm" | "core"; cause?: unknown };
      throw startFailure(during ?? "core", cause ?? error, wasmFile);
    }
  });
  return { ready, stop: port.close };
}

/** The owner hears first: who hears it by the port may ask for another one at once. */
function lose(port: Port, cause: unknown, lost: () => void): void {
  port.lost = lostError(cause);
  lost();
  port.onlost?.(port.lost);
}

/** Parts that never come instead of failing: nobody in there waits for all of them, and who loads them knows. */
function onlyArriving(parts: PendingParts): PendingParts {
  const arriving = (part: Promise<unknown>): Promise<unknown> =>
    new Promise((resolve) => {
      part.then(resolve, () => undefined);
    });
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, arriving(part)])) as PendingParts;
}

function startFailure(during: "wasm" | "core", error: unknown, wasmFile: string): PyconvoBootError {
  const cause = isPlain(error) ? revivedError(error) : error;
  const found = wasmFailure(wasmFile, cause);
  // Memory can run out in any of the two.
  return during === "wasm" || found.reason === "memory" ? found : coreError(cause);
}

function isPlain(error: unknown): error is PlainError {
  return typeof error === "object" && error !== null && !(error instanceof Error) && "message" in error;
}
