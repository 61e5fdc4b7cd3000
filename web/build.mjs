/**
 * Bundles the browser side: node build.mjs --out DIR --npm DIR --version VERSION [--slim] NAME...
 *
 * NAMEs are those of the files that are in DIR/runtime already. Makes DIR/runtime/worker.mjs first, then the scripts,
 * with the names, hashes and sizes of all these files inside: DIR/pyconvo.js, pyconvo.min.js, pyconvo.mjs, pyconvo.cjs,
 * each with its source map. `--slim`: Pyodide's two large files are not as it has released them. The same input gives the
 * same bytes, wherever DIR is. Not responsible for the other runtime files.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Script } from "node:vm";
import { build } from "esbuild";
import { buildId } from "./pipeline/build_id.mjs";
import { mentionedExports, shortAssignments } from "./pipeline/mentioned_exports.mjs";

const web = dirname(fileURLToPath(import.meta.url));

/** As in `src/boot/tree-hash.ts`. */
const PART = 1 << 20;
/** As in `src/boot/joined.ts`. */
const SHORT = "\n/* assignWasmExports */\n";

const shared = {
  absWorkingDir: web,
  bundle: true,
  // A page may serve the script as it likes.
  charset: "ascii",
  legalComments: "none",
  logLevel: "warning",
  platform: "browser",
  // Browsers that run Pyodide 314 understand all of this.
  target: "es2022",
  write: false,
};

/** `info` of Pyodide's lock file; its list of packages (100 KB) is not needed. */
async function lockInfo() {
  const path = createRequire(import.meta.url).resolve("pyodide/pyodide-lock.json");
  return JSON.parse(await readFile(path, "utf8")).info;
}

/** See `pipeline/mentioned_exports.mjs`. */
async function exportsOfWasm(runtime) {
  const [asm, loader, wasm, own] = await Promise.all([
    readFile(join(runtime, "pyodide.asm.mjs"), "utf8"),
    readFile(join(web, "node_modules", "pyodide", "pyodide.mjs"), "utf8"),
    readFile(join(runtime, "pyodide.asm.wasm")),
    readFile(join(web, "src", "worker", "snapshot.ts"), "utf8"),
  ]);
  const scripts = `${loader}\n${own}`;
  const exported = WebAssembly.Module.exports(await WebAssembly.compile(wasm)).map(({ name }) => name);
  return { names: mentionedExports(asm, scripts, exported), short: shortAssignments(asm, scripts) };
}

/** Makes the worker load a Pyodide whose files are not as they were released. */
const changedPyodide = {
  name: "changed-pyodide",
  setup({ onResolve }) {
    const path = join(web, "src", "worker", "changed-pyodide.ts");
    onResolve({ filter: /^pyodide$/ }, ({ importer }) => (importer === path ? undefined : { path }));
  },
};

/** With what the page puts into Emscripten's script at its end: see `src/boot/joined.ts`. */
async function buildWorker(version, runtime, slim) {
  const { names, short } = await exportsOfWasm(runtime);
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/worker/worker.ts"],
    outfile: "worker.mjs",
    format: "esm",
    minify: true,
    banner: { js: `/*! pyconvo ${version} worker, MIT; contains pyodide.mjs of Pyodide, MPL-2.0, unmodified */` },
    define: {
      PYODIDE_LOCK_INFO: JSON.stringify(await lockInfo()),
      PYODIDE_EXPORTS: JSON.stringify(names.join(" ")),
      ...(slim ? { PYODIDE_BUILD: JSON.stringify(await buildId(runtime)) } : {}),
    },
    // pyodide.mjs imports these under Node.js alone.
    external: ["node:*", "ws"],
    inject: ["src/worker/substitutes.ts"],
    plugins: slim ? [changedPyodide] : [],
  });
  return Buffer.concat([outputFiles[0].contents, Buffer.from(SHORT + short)]);
}

/** Throws if the page could not make a classic script of the worker: see `src/boot/classic-worker.ts`. */
async function checkClassic(runtime) {
  const contents = 'export * from "./src/boot/classic-worker.ts"; export * from "./src/boot/joined.ts";';
  const { outputFiles } = await build({ ...shared, stdin: { contents, resolveDir: web }, format: "esm" });
  const { classicText, joined } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const files = await Promise.all(["worker.mjs", "pyodide.asm.mjs"].map((name) => readFile(join(runtime, name))));
  // Is read, and not run.
  new Script(classicText(joined(...files)).join(""), { filename: "worker.mjs as a classic script" });
}

/** The text of the worker that loads: it has to be there at once. */
async function buildLoading() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/boot/loading-worker.ts"],
    outfile: "loading.js",
    format: "iife",
    minify: true,
  });
  return outputFiles[0].text;
}

/** The script and its map by file name; `npm`: of the package. */
async function buildScript(name, manifest, loading, npm, options) {
  const { outputFiles } = await build({
    ...shared,
    outfile: name,
    banner: { js: `/*! pyconvo ${manifest.version}, MIT */` },
    define: {
      PYCONVO_MANIFEST: JSON.stringify(manifest),
      PYCONVO_PACKAGE: String(npm),
      PYCONVO_LOADING: JSON.stringify(loading),
    },
    sourcemap: "linked",
    ...options,
  });
  return new Map(
    outputFiles.map(({ path, contents }) =>
      path.endsWith(".map") ? [`${name}.map`, plainMap(contents)] : [name, contents],
    ),
  );
}

/** Sources in a source map get names that say nothing of the machine. */
function plainMap(contents) {
  const map = JSON.parse(Buffer.from(contents).toString("utf8"));
  map.sources = map.sources.map((source) => `pyconvo:///${source.replace(/^(\.\.\/)+/, "")}`);
  return Buffer.from(JSON.stringify(map));
}

const digest = (algorithm, ...parts) => parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest();

/** What `src/boot/manifest.ts` says of a file. */
function entryOf(contents) {
  const parts = [];
  for (let start = 0; start < contents.length; start += PART) parts.push(contents.subarray(start, start + PART));
  return {
    integrity: `sha384-${digest("sha384", contents).toString("base64")}`,
    tree: digest("sha256", ...parts.map((part) => digest("sha256", part))).toString("base64"),
    bytes: contents.length,
  };
}

async function main() {
  const type = "string";
  const { values, positionals } = parseArgs({
    options: { out: { type }, npm: { type }, version: { type }, slim: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const { version } = values;
  if (values.out === undefined || values.npm === undefined || version === undefined) {
    throw new Error("usage: node build.mjs --out DIR --npm DIR --version VERSION [--slim] NAME...");
  }
  const out = resolve(values.out);
  const runtime = join(out, "runtime");
  await mkdir(runtime, { recursive: true });
  await writeFile(join(runtime, "worker.mjs"), await buildWorker(version, runtime, values.slim));
  await checkClassic(runtime);
  const names = [...positionals, "worker.mjs"].sort();
  const entries = await Promise.all(names.map(async (name) => [name, entryOf(await readFile(join(runtime, name)))]));
  const manifest = { version, files: Object.fromEntries(entries) };

  const loading = await buildLoading();
  // `module` is Node's there, as written.
  const logOverride = { "commonjs-variable-in-esm": "silent" };
  const classic = { entryPoints: ["src/boot/classic.ts"], format: "iife" };
  // So that what is said of the other kind of module is gone.
  const esm = { entryPoints: ["src/boot/module.ts"], format: "esm", minifySyntax: true };
  const cjs = { entryPoints: ["src/boot/commonjs.ts"], format: "cjs", logOverride };
  const testing = { entryPoints: ["testing/testing.ts"], platform: "node" };
  const places = [
    [out, "pyconvo.js", classic, false],
    [out, "pyconvo.min.js", { ...classic, minify: true }, false],
    [out, "pyconvo.mjs", esm, false],
    [out, "pyconvo.cjs", cjs, false],
    [values.npm, "pyconvo.mjs", esm, true],
    [values.npm, "pyconvo.cjs", cjs, true],
    [values.npm, "testing.mjs", { ...testing, format: "esm" }, true],
    [values.npm, "testing.cjs", { ...testing, format: "cjs" }, true],
  ];
  await mkdir(values.npm, { recursive: true });
  await Promise.all(
    places.map(async ([folder, name, options, npm]) => {
      const script = await buildScript(name, manifest, loading, npm, options);
      for (const [file, contents] of script) await writeFile(join(folder, file), contents);
    }),
  );
}

await main();
