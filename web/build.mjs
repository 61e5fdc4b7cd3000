/**
 * Bundles the browser side: node build.mjs --out DIR --npm DIR --manifest FILE
 *
 * FILE is `{"version": "…", "files": {name: {"integrity": "sha384-…", "bytes": n}}}`, the files that are in
 * DIR/runtime already. Makes DIR/runtime/worker.mjs first and enters it into FILE, then the scripts with the whole manifest
 * inside: DIR/pyconvo.js, pyconvo.min.js, pyconvo.mjs, pyconvo.cjs, each with its source map.
 * The same input gives the same bytes, wherever DIR is. Not responsible for the other runtime files.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));

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

async function buildWorker(version) {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/worker/worker.ts"],
    outfile: "worker.mjs",
    format: "esm",
    minify: true,
    banner: { js: `/*! pyconvo ${version} worker, MIT; contains pyodide.mjs of Pyodide, MPL-2.0, unmodified */` },
    define: { PYODIDE_LOCK_INFO: JSON.stringify(await lockInfo()) },
    // pyodide.mjs imports these under Node.js alone.
    external: ["node:*", "ws"],
    inject: ["src/worker/substitutes.ts"],
  });
  return outputFiles[0].contents;
}

/** As a text: it becomes part of the scripts. */
async function buildCollector() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/boot/collector-worker.ts"],
    outfile: "collector.js",
    format: "iife",
    minify: true,
  });
  return Buffer.from(outputFiles[0].contents).toString("utf8").trim();
}

/** The script and its map by file name; `npm`: of the package. */
async function buildScript(name, manifest, collector, npm, options) {
  const { outputFiles } = await build({
    ...shared,
    outfile: name,
    banner: { js: `/*! pyconvo ${manifest.version}, MIT */` },
    define: {
      PYCONVO_MANIFEST: JSON.stringify(manifest),
      PYCONVO_COLLECTOR: JSON.stringify(collector),
      PYCONVO_PACKAGE: String(npm),
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

function entryOf(contents) {
  const hash = createHash("sha384").update(contents).digest("base64");
  return { integrity: `sha384-${hash}`, bytes: contents.byteLength };
}

async function main() {
  const type = "string";
  const { values } = parseArgs({ options: { out: { type }, npm: { type }, manifest: { type } } });
  if (values.out === undefined || values.npm === undefined || values.manifest === undefined) {
    throw new Error("usage: node build.mjs --out DIR --npm DIR --manifest FILE");
  }
  const out = resolve(values.out);
  const { version, files } = JSON.parse(await readFile(values.manifest, "utf8"));

  await mkdir(join(out, "runtime"), { recursive: true });
  const worker = await buildWorker(version);
  await writeFile(join(out, "runtime", "worker.mjs"), worker);
  const all = { ...files, "worker.mjs": entryOf(worker) };
  const manifest = { version, files: Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))) };
  await writeFile(values.manifest, `${JSON.stringify(manifest, null, 2)}\n`);

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
  const collector = await buildCollector();
  await Promise.all(
    places.map(async ([folder, name, options, npm]) => {
      const script = await buildScript(name, manifest, collector, npm, options);
      for (const [file, contents] of script) await writeFile(join(folder, file), contents);
    }),
  );
}

await main();
