/**
 * Compresses files for the wire: node compress.mjs KEPT [--quick] FILE… writes FILE.br and FILE.gz beside each, where they
 * are smaller, and prints {FILE: {gzip, brotli}}, their sizes (that of the file itself where they are not).
 *
 * Compressing the best way takes a while, so what is made is kept in the folder KEPT by the content's hash. `--quick`
 * settles for less, for builds that only stay on this machine.
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** What saves less is not worth a second file. */
const WORTH = 0.97;
const QUICK = 9;

function ways(quick) {
  const quality = quick ? QUICK : constants.BROTLI_MAX_QUALITY;
  const brotli = (content) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: quality,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength,
      },
    });
  return { brotli: [".br", quality, brotli], gzip: [".gz", QUICK, (content) => promisify(gzip)(content, { level: QUICK })] };
}

async function readOrNull(file) {
  return readFile(file).catch(() => null);
}

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { quick: { type: "boolean", default: false } } });
  const [kept, ...files] = positionals;
  const best = String(constants.BROTLI_MAX_QUALITY);
  const used = new Set();
  const sizes = {};
  await mkdir(kept, { recursive: true });
  const compress = async (file) => {
    const content = await readFile(file);
    const hash = createHash("sha256").update(content).digest("hex");
    sizes[file] = {};
    for (const [name, [ending, quality, work]] of Object.entries(ways(values.quick))) {
      let keep = `${hash}-${quality}${ending}`;
      if (name === "brotli" && (await readOrNull(join(kept, `${hash}-${best}${ending}`))) !== null) keep = `${hash}-${best}${ending}`;
      const made = (await readOrNull(join(kept, keep))) ?? (await work(content));
      await writeFile(join(kept, keep), made);
      used.add(keep);
      const smaller = made.byteLength < content.byteLength * WORTH;
      sizes[file][name] = smaller ? made.byteLength : content.byteLength;
      if (smaller) await writeFile(file + ending, made);
    }
  };
  await Promise.all(files.map(compress));
  for (const name of await readdir(kept)) if (!used.has(name)) await rm(join(kept, name));
  console.log(JSON.stringify(sizes));
}

await main();
