/**
 * Argument checks with the official texts. The rules are data (`surface.json`); `documented` names say what is
 * accepted. Not responsible for when they are applied or how a failure is reported.
 */

import type { Rule, RuleSet } from "../bridge/surface.js";

/** Classes that rules name and that are not globals. */
export type ClassLookup = (name: string) => unknown;

interface Verdict {
  /** Whether the value passes. */
  readonly ok: boolean;
  /** What would have passed, in words. */
  readonly expected: string;
  /** What was given, if the rule can say it better than `describe`. */
  readonly received?: string | undefined;
}

const JSON_TYPES = ["string", "number", "boolean", "object"];

const NAMED: Record<string, [expected: string, accepts: (value: unknown) => boolean]> = {
  nonEmptyString: ["a non-empty string", (value) => typeof value === "string" && value.length > 0],
  nonNegativeInteger: ["a non-negative integer", (value) => Number.isInteger(value) && (value as number) >= 0],
  pureObject: ["a pure object (non-null and non-array)", isPureObject],
  json: ["a JSON type", (value) => JSON_TYPES.includes(typeof value)],
  optionalJson: ["an optional JSON type", (value) => value === undefined || JSON_TYPES.includes(typeof value)],
};

function isPureObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text of the first failure, or undefined if all arguments pass. */
export function check(rules: readonly RuleSet[], args: readonly unknown[], lookup: ClassLookup): string | undefined {
  if (args.length > rules.length) {
    return `Expected at most ${rules.length} argument(s), but got ${args.length}`;
  }
  for (const [index, rule] of rules.entries()) {
    const { ok, expected, received } = judge(rule, args[index], lookup);
    if (ok) continue;
    const stop = alternatives(rule).length > 2 ? ";" : ",";
    return `Argument ${index + 1} is expected to be ${expected}${stop} but got ${received ?? describe(args[index])}`;
  }
  return undefined;
}

/** One rule or several; a literal with several values counts as several, a class that this platform lacks as none. */
function alternatives(rule: RuleSet): readonly Rule[] {
  const rules: readonly Rule[] = Array.isArray(rule) ? (rule as readonly Rule[]) : [rule as Rule];
  return rules.flatMap((one): Rule[] =>
    typeof one === "object" && "literal" in one ? one.literal.map((value) => ({ literal: [value] })) : [one],
  ).flatMap((one): Rule[] => {
    if (typeof one === "string" || !("global" in one)) return [one];
    return typeof Reflect.get(globalThis, one.global) === "function" ? [{ class: one.global }] : [];
  });
}

function judge(rule: RuleSet, value: unknown, lookup: ClassLookup): Verdict {
  const verdicts = alternatives(rule).map((one) => judgeOne(one, value, lookup));
  const texts = verdicts.map((verdict) => verdict.expected);
  const last = texts.pop() ?? "";
  return {
    ok: verdicts.some((verdict) => verdict.ok),
    expected: texts.length > 0 ? `${texts.join(", ")} or ${last}` : last,
    received: verdicts.find((verdict) => verdict.received !== undefined)?.received,
  };
}

function judgeOne(rule: Rule, value: unknown, lookup: ClassLookup): Verdict {
  if (typeof rule === "string") {
    const named = NAMED[rule];
    if (named !== undefined) return { expected: named[0], ok: named[1](value) };
    return { expected: `of type ${rule}`, ok: typeof value === rule };
  }
  if ("literal" in rule) {
    const [wanted] = rule.literal;
    return { expected: typeof wanted === "string" ? `"${wanted}"` : String(wanted), ok: value === wanted };
  }
  if ("class" in rule) return { expected: `an instance of ${rule.class}`, ok: isInstance(value, rule.class, lookup) };
  if ("global" in rule) return { expected: "", ok: false }; // resolved by `alternatives`
  if ("schema" in rule) return judgeSchema(rule.schema, rule.keys, value, lookup);
  return judgeArray(rule.array, rule.of, rule.nonEmpty ?? false, value, lookup);
}

function judgeSchema(name: string, keys: Record<string, RuleSet>, value: unknown, lookup: ClassLookup): Verdict {
  if (!isPureObject(value)) return { ok: false, expected: `valid ${name} (should be a pure object)` };
  for (const [key, rule] of Object.entries(keys)) {
    const field: unknown = Reflect.get(value, key);
    const { ok, expected, received } = judge(rule, field, lookup);
    if (ok) continue;
    return {
      ok,
      expected: `valid ${name} (key "${key}" should be ${expected})`,
      received: `malformed ${name} (key "${key}" is ${received ?? describe(field)})`,
    };
  }
  return { ok: true, expected: "" };
}

function judgeArray(name: string, rule: RuleSet, nonEmpty: boolean, value: unknown, lookup: ClassLookup): Verdict {
  const kind = nonEmpty ? "non-empty array" : "array";
  const article = nonEmpty ? "a" : "an";
  if (!Array.isArray(value) || (nonEmpty && value.length === 0)) {
    return { ok: false, expected: `${article} ${kind} of ${name}` };
  }
  for (const [index, item] of value.entries()) {
    const { ok, expected, received } = judge(rule, item, lookup);
    if (ok) continue;
    return {
      ok,
      expected: `a valid ${kind} of ${name} (index ${index} should be ${expected})`,
      received: `malformed array of ${name} (index ${index} is ${received ?? describe(item)})`,
    };
  }
  return { ok: true, expected: "" };
}

function isInstance(value: unknown, name: string, lookup: ClassLookup): boolean {
  // Node's Buffer stands for any bytes.
  if (name === "Buffer") return value instanceof Uint8Array || value instanceof ArrayBuffer;
  const found = lookup(name) ?? Reflect.get(globalThis, name);
  return typeof found === "function" && value instanceof found;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `"${value}"`;
    case "function":
    case "symbol":
      return typeof value;
    case "object": {
      if (value === null) return "null";
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype === Object.prototype) return "object";
      const maker = (value as { constructor?: { name?: unknown } }).constructor;
      return `instance of ${String(maker?.name)}`;
    }
    default:
      return String(value);
  }
}
