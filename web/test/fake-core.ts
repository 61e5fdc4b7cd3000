/** The core, played by a test: takes what the facade sends and answers by hand. */

import { createFacade, type Facade, type Port, type Runtime } from "../src/facade/index.js";

export interface Sent {
  op: string;
  [key: string]: unknown;
}

export class FakeCore {
  readonly sent: Sent[] = [];
  readonly texts: string[] = [];
  starts = 0;
  readonly port: Port = {
    post: (text) => {
      this.texts.push(text);
      this.sent.push(...(JSON.parse(text) as Sent[]));
    },
    onmessage: null,
    onlost: null,
    close: () => undefined,
  };
  private boot: { resolve(port: Port): void; reject(error: Error): void } | undefined;
  readonly runtime: Runtime;
  readonly facade: Facade;
  private started!: Promise<Port>;

  constructor(booted = true) {
    this.reboot();
    this.runtime = {
      state: "idle",
      progress: 0,
      ready: Promise.resolve(),
      start: () => {
        this.starts++;
        return this.started;
      },
    };
    if (booted) this.finishBoot();
    this.facade = createFacade(this.runtime);
  }

  /** The next `start()` is a new boot, which waits for `finishBoot` or `failBoot`. */
  reboot(): void {
    this.started = new Promise<Port>((resolve, reject) => {
      this.boot = { resolve, reject };
    });
    this.started.catch(() => undefined);
  }

  finishBoot(): void {
    this.boot?.resolve(this.port);
  }

  failBoot(error: Error): void {
    this.boot?.reject(error);
  }

  /** It has crashed. */
  lose(error: Error): void {
    this.port.lost = error;
    this.port.onlost?.(error);
  }

  /** One text with these operations. */
  tell(...operations: object[]): void {
    this.port.onmessage?.(JSON.stringify(operations));
  }

  /** The last operation of a kind that the facade sent. */
  last(op: string): Sent {
    const found = this.sent.filter((one) => one.op === op).at(-1);
    if (found === undefined) throw new Error(`no ${op} was sent`);
    return found;
  }
}

/** Lets everything run that is due, several times over. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const CLIENT = -1;
export const USER = -2;

export const ref = (handle: number) => ({ $: "ref", v: handle });

const LIMITS = {
  mediaAttachmentsCountLimit: 2,
  emailBodiesAllowedContentTypes: ["text/plain", "text/html"],
  emailHistoriesAllowedContentTypes: ["text/plain"],
};

export function conversation(handle: number, state: object = {}): object {
  const known = { friendlyName: "Trip", attributes: { a: 1 }, lastMessage: null, limits: LIMITS };
  const whole = { sid: `CH${handle}`, ...known, ...state };
  return { op: "add", client: CLIENT, target: handle, class: "Conversation", state: whole };
}

export function message(handle: number, inConversation: number, state: object = {}): object {
  const whole = { sid: `IM${handle}`, conversation: ref(inConversation), body: "hi", index: handle, ...state };
  return { op: "add", client: CLIENT, target: handle, class: "Message", state: whole };
}

export function event(target: number, name: string, ...args: unknown[]): object {
  return { op: "event", target, name, args };
}

/** A facade with one client, the core there, and one conversation announced. */
export async function connected(): Promise<{ core: FakeCore; client: InstanceType<Facade["Client"]> }> {
  const core = new FakeCore();
  const client = new core.facade.Client("token");
  await settle();
  core.tell(
    { op: "patch", target: USER, state: { identity: "alice" } },
    { op: "patch", target: CLIENT, state: { connectionState: "connected", reachabilityEnabled: true } },
  );
  return { core, client };
}
