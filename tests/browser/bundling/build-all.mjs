/**
 * Builds the application with each bundler as its author would, for production, without telling it anything about
 * pyconvo: node build-all.mjs WEB APP OUT, where WEB has the bundlers in its node_modules, and makes OUT/<bundler>/.
 */

import { cp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [web, app, out] = process.argv.slice(2);
const require = createRequire(join(web, "package.json"));
const entry = join(app, "chat.js");
const page = (script) => `<!doctype html><meta charset="utf-8"><title>built</title><link rel="icon" href="data:,">${script}`;

async function vite() {
  const { build } = await import(pathToFileURL(join(web, "node_modules/vite/dist/node/index.js")).href);
  await build({ root: app, logLevel: "warn", configFile: false, build: { outDir: join(out, "vite"), reportCompressedSize: false } });
}

async function webpack(folder, settings = {}) {
  const compiler = require("webpack")({
    mode: "production",
    context: app,
    entry,
    output: { path: join(out, folder) },
    performance: { hints: false },
    ...settings,
  });
  const stats = await new Promise((resolve, reject) => compiler.run((error, done) => (error ? reject(error) : resolve(done))));
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
  await writeFile(join(out, folder, "index.html"), page('<script defer src="main.js"></script>'));
}

/** With the one step that the package's README asks of its users: the runtime lies beside the bundle. */
async function esbuild(format) {
  const folder = join(out, `esbuild-${format}`);
  await require("esbuild").build({ entryPoints: [entry], bundle: true, minify: true, format, outdir: folder, logLevel: "error" });
  await cp(join(app, "node_modules/pyconvo/runtime"), join(folder, "runtime"), { recursive: true });
  const tag = format === "esm" ? '<script type="module" src="chat.js"></script>' : '<script src="chat.js"></script>';
  await writeFile(join(folder, "index.html"), page(tag));
}

await vite();
await webpack("webpack");
await webpack("webpack-require", { entry: join(app, "chat.cjs") });
await esbuild("esm");
await esbuild("iife");
