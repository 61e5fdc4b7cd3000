/** A runtime whose core is a Python process; texts travel as lines. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

import type { Port, Runtime } from "../../src/facade/index.js";

export interface StdioRuntime extends Runtime {
  /** Handles that the core has let go. */
  readonly gone: Set<number>;
  /** Handles that the core has told of. */
  readonly told: Set<number>;
  stop(): void;
}

/** `command` is Python and the script to run. The process starts at once, as a page's boot would. */
export function stdioRuntime(command: string[]): StdioRuntime {
  const [program = "python3", ...args] = command;
  const core = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const port: Port = {
    post: (text) => void core.stdin.write(`${text}\n`),
    onmessage: null,
    onlost: null,
    close: () => void core.stdin.end(),
  };
  const gone = new Set<number>();
  const told = new Set<number>();
  createInterface({ input: core.stdout }).on("line", (line) => {
    for (const operation of JSON.parse(line) as { op: string; handles?: number[]; target: number }[]) {
      if (operation.op === "add") told.add(operation.target);
      for (const handle of operation.handles ?? []) gone.add(handle);
    }
    port.onmessage?.(line);
  });
  core.on("exit", () => port.onlost?.(new Error("the core has ended")));
  const ready = Promise.resolve(port);
  return { gone, told, state: "ready", progress: 1, ready, start: () => ready, stop: () => void core.stdin.end() };
}
