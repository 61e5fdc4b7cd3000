/**
 * How text gets to the core and back, and who brings the core up. The same two interfaces serve a worker, the
 * page's own thread, and the tests. Nothing here knows what the text means.
 */

/** A two-way line of JSON texts. Set `onmessage` (and `onlost`) before anything can arrive. */
export interface Port {
  post(text: string): void;
  onmessage: ((text: string) => void) | null;
  /** Called once if the other end is gone for good (a worker that crashed). */
  onlost?: ((error: Error) => void) | null;
  /** Why it is gone, for who comes later. */
  lost?: Error;
  close(): void;
}

/** The boot, as the facade sees it. `start()` may be called often; it begins once. */
export interface Runtime {
  start(): Promise<Port>;
  /** Throws where it can never start. */
  check?(): void;
  readonly state: string;
  readonly progress: unknown;
  readonly ready: Promise<unknown>;
}

/** What the bridge needs of a line. */
export interface Link {
  send(text: string): void;
  onMessage(listener: (text: string) => void): void;
}

/**
 * A line that exists at once: texts wait until the runtime has a port. The runtime is started with the first text.
 * `onFailure` is called at most once, with the error of the boot or of the lost port; nothing is sent afterwards.
 */
export function lazyLink(runtime: Runtime, onFailure: (error: Error) => void): Link {
  let waiting: string[] | null = [];
  let port: Port | null = null;
  let started = false;
  let listener: (text: string) => void = () => undefined;

  function fail(reason: unknown): void {
    if (waiting === null && port === null) return;
    waiting = port = null;
    onFailure(reason instanceof Error ? reason : new Error(String(reason)));
  }

  function connected(opened: Port): void {
    if (opened.lost !== undefined) return fail(opened.lost);
    port = opened;
    opened.onmessage = (text) => listener(text);
    opened.onlost = fail;
    const texts = waiting ?? [];
    waiting = null;
    for (const text of texts) opened.post(text);
  }

  return {
    send(text) {
      if (port !== null) return port.post(text);
      waiting?.push(text);
      if (!started) {
        started = true;
        runtime.start().then(connected, fail);
      }
    },
    onMessage(callback) {
      listener = callback;
    },
  };
}
