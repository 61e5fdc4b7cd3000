/**
 * The log on the page's console: one level for all clients, that of the newest, as in the official SDK. Not responsible
 * for what is logged: the core says most of it.
 */

/** What a level prints with, from the most talkative one; `silent` prints nothing. */
const LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

type Level = (typeof LEVELS)[number];
type Spoken = Exclude<Level, "silent">;

const PRINT: Record<Spoken, "log" | "info" | "warn" | "error"> = {
  trace: "log",
  debug: "log",
  info: "info",
  warn: "warn",
  error: "error",
};

/** The parts of the core that have names of their own in the official SDK's log. */
const SCOPES: Record<string, string> = { "pyconvo.twilsock": "Twilsock", "pyconvo.sync": "Sync" };

/** What the core logs as deprecated is told whatever the level is. */
const DEPRECATED = "pyconvo.deprecated";

export class Log {
  private level: Level = "silent";

  /** A level by name (in any case) or number, or nothing for silence. Returns its name; throws for any other. */
  setLevel(given: unknown): Level {
    const found = given === undefined || given === null ? "silent" : nameOf(given);
    if (found === undefined) throw new Error(`log.setLevel() called with invalid level: ${String(given)}`);
    this.level = found;
    return found;
  }

  /** A line of the core's, or of the page's own. */
  write(level: string, name: string, text: string): void {
    if (name === DEPRECATED) return deprecated(text);
    if (!(level in PRINT) || LEVELS.indexOf(level as Spoken) < LEVELS.indexOf(this.level)) return;
    const scope = SCOPES[name] ?? "Conversations";
    console[PRINT[level as Spoken]](`${new Date().toISOString()} ${scope} ${level[0]?.toUpperCase()}:`, text);
  }
}

/** Tells page authors, whatever the level is. */
export function deprecated(text: string): void {
  console.warn(text);
}

function isLevel(value: string): value is Level {
  return (LEVELS as readonly string[]).includes(value);
}

function nameOf(given: unknown): Level | undefined {
  if (typeof given === "number") return LEVELS[given];
  const name = typeof given === "string" ? given.toLowerCase() : "";
  return isLevel(name) ? name : undefined;
}
