/**
 * The list of runtime files with their hashes, which the build writes into the script, and which of them is which.
 */

export interface RuntimeFile {
  /** `sha384-…`, as in the `integrity` attribute. */
  readonly integrity: string;
  /** The hash that `TreeHash` computes. */
  readonly tree: string;
  /** Size before compression. */
  readonly bytes: number;
}

export interface Manifest {
  readonly version: string;
  readonly files: Readonly<Record<string, RuntimeFile>>;
}

/**
 * Ways to start, the fastest first: continue from a snapshot; load Python's library and pyconvo compiled; or load both as
 * they are, like any Pyodide. Each needs less to go well than the one before.
 */
export const WAYS = ["snapshot", "compiled", "plain"] as const;
export type Way = (typeof WAYS)[number];

/** What every way needs, and what is loaded into Python: one file or two. */
export type Part = "worker" | "asm" | "wasm" | "snapshot" | "stdlib" | "core";

const NAMES: Record<Way, Partial<Record<Part, RegExp>>> = {
  snapshot: { snapshot: /^snapshot\.wasm$/ },
  compiled: { stdlib: /^stdlib\.zip$/, core: /^core\.zip$/ },
  plain: { stdlib: /^python_stdlib\.zip$/, core: /\.whl$/ },
};
const ALWAYS: Partial<Record<Part, RegExp>> = {
  worker: /^worker\.mjs$/,
  asm: /^pyodide\.asm\.mjs$/,
  wasm: /^pyodide\.asm\.wasm$/,
};

/** File names by part. */
export type PartFiles = Partial<Record<Part, string>>;

/** The files that each way needs. Throws for a manifest that lacks one: the build is broken then. */
export function filesByWay(manifest: Manifest): Record<Way, PartFiles> {
  const names = Object.keys(manifest.files);
  const files = (patterns: Partial<Record<Part, RegExp>>): PartFiles => {
    const found = Object.entries(patterns).map(([part, pattern]) => {
      const name = names.find((candidate) => pattern.test(candidate));
      if (name === undefined) throw new Error(`The manifest of pyconvo ${manifest.version} has no ${part}`);
      return [part, name];
    });
    return Object.fromEntries(found) as PartFiles;
  };
  const always = files(ALWAYS);
  return Object.fromEntries(WAYS.map((way) => [way, { ...always, ...files(NAMES[way]) }])) as Record<Way, PartFiles>;
}
