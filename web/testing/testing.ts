/**
 * The emulator for tests in Node.js (Playwright Test, Vitest, node:test): starts `pyconvo emulator`, a process of its
 * own on a free port, and drives it. Needs Python with `pip install 'pyconvo[emulator]'`.
 *
 * Not responsible for clients or browsers: give them `url` or `wsUrl`, and a token.
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";

/** How the emulator is started. */
export interface EmulatorOptions {
  /** The command and its first arguments; without it `["pyconvo"]`. Of a virtual environment: `[".venv/bin/pyconvo"]`. */
  command?: readonly string[];
  /** More arguments of `pyconvo emulator`, such as `["--seed", "7"]`. */
  args?: readonly string[];
  /** The port on 127.0.0.1; a free one without it. */
  port?: number;
  /** Milliseconds that the start may take; 30000 without it. */
  timeout?: number;
  /** The directory and environment of the process; this process's without it. */
  cwd?: string;
  env?: Record<string, string | undefined>;
}

/** What was planned; `id` takes it back. */
export interface PlannedFault {
  id: number;
}

/** The emulator could not be started, has ended, or refused a request: the message says which, in its own words. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
}

/** A running emulator; made by {@link startEmulator}. */
export class Emulator {
  /** `http://127.0.0.1:PORT`: the option `emulator` of our client. */
  readonly url: string;
  /** The official SDK's `{ Twilsock: { uri: wsUrl } }`. */
  readonly wsUrl: string;
  readonly #process: ChildProcess;

  /** @internal */
  constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.wsUrl = `${url.replace(/^http/, "ws")}/v3/wsconnect`;
    this.#process = process;
  }

  /** An access token; `ttl` in seconds of the emulator's clock. */
  async token(identity: string, ttl = 3600): Promise<string> {
    const answer = await this.call("GET", `/token?${new URLSearchParams({ identity, ttl: String(ttl) })}`);
    return answer.token;
  }

  /** Forget everything: data, faults, connections. With `seed`, the identifiers that follow are repeatable. */
  async reset(seed?: number): Promise<void> {
    await this.call("POST", "/emulator/reset", seed === undefined ? {} : { seed });
  }

  /** Make users, conversations and messages of a fixture; their sids. */
  seed(fixture: object): Promise<any> {
    return this.call("POST", "/emulator/seed", fixture);
  }

  /** Users, conversations with participants and messages, connections, faults. */
  state(): Promise<any> {
    return this.call("GET", "/emulator/state");
  }

  /** The packets after number `after`, decoded, with secrets masked. */
  async log(after = 0): Promise<any[]> {
    return (await this.call("GET", `/emulator/log?after=${after}`)).log;
  }

  /** Who is logged in, all or those of `identity`: `{ id, identity, subscriptions }`, the last a number. */
  async connections(identity?: string): Promise<any[]> {
    const query = identity === undefined ? "" : `?${new URLSearchParams({ identity })}`;
    return (await this.call("GET", `/emulator/connections${query}`)).connections;
  }

  /** Cut sockets, all or those of `identity`; how many. */
  async drop(identity?: string): Promise<number> {
    return (await this.call("POST", "/emulator/connections/drop", whom(identity))).dropped;
  }

  /** Let the tokens of connected clients expire now, all or those of `identity`; how many. */
  async expireTokens(identity?: string): Promise<number> {
    return (await this.call("POST", "/emulator/connections/expire", whom(identity))).expired;
  }

  /** Plan a fault by its names in `POST /emulator/faults`: `{ on: "request", action: "refuse", status: 429 }`. */
  async fault(fault: { on: string; action: string; [field: string]: unknown }): Promise<PlannedFault> {
    return { id: (await this.call("POST", "/emulator/faults", fault)).id };
  }

  /** Take back one fault, or all. */
  async clearFaults(fault?: PlannedFault): Promise<void> {
    await this.call("DELETE", fault === undefined ? "/emulator/faults" : `/emulator/faults/${fault.id}`);
  }

  /** Move the clock forward by seconds; what falls due happens before this resolves. */
  async advance(seconds: number): Promise<void> {
    await this.call("POST", "/emulator/clock", { advance: seconds });
  }

  /** Stop the clock; `advance` moves it. */
  async freeze(): Promise<void> {
    await this.call("POST", "/emulator/clock", { freeze: true });
  }

  /** Let the clock run again, from where it stands. */
  async resume(): Promise<void> {
    await this.call("POST", "/emulator/clock", { freeze: false });
  }

  /** The emulator's time. */
  async now(): Promise<Date> {
    return new Date((await this.call("GET", "/emulator/clock")).now * 1000);
  }

  /** What would have been sent to phones and mailboxes, oldest first. */
  async outbox(): Promise<any[]> {
    return (await this.call("GET", "/emulator/outbox")).outbox;
  }

  /** A message from a phone or mailbox; where it went. */
  inbound(message: { from: string; to: string; body?: string; [field: string]: unknown }): Promise<any> {
    return this.call("POST", "/emulator/inbound", message);
  }

  /** Any request to the emulator; its JSON. Rejects with {@link EmulatorError}, in the emulator's words. */
  async call(method: string, path: string, body?: unknown): Promise<any> {
    let answer: Response;
    try {
      answer = await fetch(this.url + path, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      });
    } catch (error) {
      const why = hasEnded(this.#process) ? "the emulator has ended" : String(error);
      throw new EmulatorError(`${method} ${path}: ${why}`, { cause: error });
    }
    const text = await answer.text();
    if (!answer.ok) throw new EmulatorError(`${method} ${path}: ${worded(text)}`);
    return JSON.parse(text);
  }

  /** End the process; resolves once it is gone. May be called twice. */
  async stop(): Promise<void> {
    await end(this.#process);
  }
}

/** Start an emulator; resolves once it listens. `stop()` it, or it ends with this process. */
export function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { command = ["pyconvo"], args = [], port = 0, timeout = 30_000 } = options;
  const [program, ...first] = command;
  if (program === undefined) throw new TypeError("command is empty: give the program, as in [\"pyconvo\"]");
  const { cwd, env } = options;
  const child = spawn(program, [...first, "emulator", "--port", String(port), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
    env: { ...(env ?? process.env), PYTHONUNBUFFERED: "1" },
  });
  const kill = (): void => void child.kill();
  process.once("exit", kill);
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (why: string): void => {
      clearTimeout(patience);
      process.off("exit", kill);
      child.kill("SIGKILL");
      reject(new EmulatorError(`${[program, ...first].join(" ")} emulator: ${why}${said === "" ? "" : `\n${said.trim()}`}`));
    };
    const patience = setTimeout(() => fail(`not ready after ${timeout} ms`), timeout);
    child.once("error", (error) => {
      const missing = (error as { code?: string }).code === "ENOENT";
      fail(missing ? "not found; pip install 'pyconvo[emulator]', or say where with `command`" : error.message);
    });
    // All that it said is there only once its streams are closed.
    child.once("close", (code) => fail(`ended with status ${code}`));
    child.stderr.on("data", (data) => {
      said = (said + String(data)).slice(-4000);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const ready = /^Ready: (http:\S+?)\/?$/.exec(line);
      if (ready?.[1] === undefined) return;
      clearTimeout(patience);
      child.removeAllListeners("close");
      child.once("close", () => process.off("exit", kill));
      // Who forgets stop() still comes to an end.
      for (const one of held(child)) one.unref();
      resolve(new Emulator(ready[1], child));
    });
  });
}

function whom(identity: string | undefined): object {
  return identity === undefined ? {} : { identity };
}

function worded(text: string): string {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text;
  }
}

/** What keeps this process waiting for that one; its streams are pipes, which the types do not know. */
function held(child: ChildProcess): { unref(): void }[] {
  return [child, child.stdout as Socket | null, child.stderr as Socket | null].filter((one) => one !== null);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(force);
}
