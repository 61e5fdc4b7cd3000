/** The surface table (`pyconvo/bridge/surface.json`), typed. Python reads the same file. */

import table from "../../../pyconvo/bridge/surface.json";

export type Rule =
  | string
  | { class: string }
  | { global: string }
  | { literal: readonly unknown[] }
  | { schema: string; keys: Record<string, RuleSet> }
  | { array: string; of: RuleSet; nonEmpty?: boolean };

/** One rule, or alternatives. */
export type RuleSet = Rule | readonly Rule[];

export interface Member {
  kind: "property" | "method" | "static" | "constructor";
  async?: boolean;
  /** Checked arguments; without it nothing is checked (and `arity`, default 0, arguments are passed on). */
  rules?: readonly RuleSet[];
  arity?: number;
  /** What the page reads before the core has spoken. */
  initial?: unknown;
  /** Python's `None` is `undefined` here, not `null`. */
  undefined?: boolean;
  /** Resolves with `undefined`. */
  void?: boolean;
  /** Gives a promise with `cancel()`. */
  cancellable?: boolean;
  /** Resolves with a Map of what crosses as an object. */
  map?: boolean;
  /** Worked out on the page; does not cross. */
  page?: boolean;
  /** Of a value: nobody may change what is in it. */
  frozen?: boolean;
  /** Crosses for the page's own use; no member. */
  internal?: boolean;
}

export interface ClassTable {
  emitter?: boolean;
  /** Event names are constants of the instances, not of the class. */
  instanceEvents?: boolean;
  /** A plain value that travels whole. */
  value?: boolean;
  /** Exists on the page alone. */
  local?: boolean;
  members: Record<string, Member>;
  events?: Record<string, readonly unknown[]>;
}

export const version: string = table.version;
export const classes = table.classes as unknown as Record<string, ClassTable>;

export function tableOf(name: string): ClassTable {
  const found = classes[name];
  if (found === undefined) throw new Error(`The surface has no class ${name}`);
  return found;
}

const crossing = new Map<string, readonly string[]>();

/** The properties that cross, in the order in which the core tells them when an object is new. */
export function propertiesOf(name: string): readonly string[] {
  let found = crossing.get(name);
  if (found === undefined) {
    const members = Object.entries(tableOf(name).members);
    found = members.filter(([, { kind, page }]) => kind === "property" && !page).map(([key]) => key);
    crossing.set(name, found);
  }
  return found;
}
