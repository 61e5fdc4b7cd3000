/**
 * The list of runtime files with their hashes, which the build writes into the script, and which of them is which.
 */

export interface RuntimeFile {
  /** `sha384-…`, as in the `integrity` attribute. */
  readonly integrity: string;
  /** Size before compression. */
  readonly bytes: number;
}

export interface Manifest {
  readonly version: string;
  readonly files: Readonly<Record<string, RuntimeFile>>;
}

/** What the interpreter is made of. */
export type Part = "worker" | "asm" | "wasm" | "stdlib" | "core";

const NAMES: Record<Part, RegExp> = {
  worker: /^worker\.mjs$/,
  asm: /^pyodide\.asm\.mjs$/,
  wasm: /^pyodide\.asm\.wasm$/,
  stdlib: /^(python_)?stdlib\.zip$/,
  core: /^core\.zip$/,
};

/** File names by part. Throws for a manifest that lacks one: the build is broken then. */
export function partsOf(manifest: Manifest): Record<Part, string> {
  const names = Object.keys(manifest.files);
  const found = Object.entries(NAMES).map(([part, pattern]) => {
    const name = names.find((candidate) => pattern.test(candidate));
    if (name === undefined) throw new Error(`The manifest of pyconvo ${manifest.version} has no ${part}`);
    return [part, name];
  });
  return Object.fromEntries(found) as Record<Part, string>;
}
