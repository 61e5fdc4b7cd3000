/**
 * Sizes on the wire: node measure.mjs KNOWN.json FILE… prints {sha256 hex: {gzip, brotli}} for the files.
 *
 * Compressing the best way takes a while, so what is in KNOWN.json (kept up to date) is not measured again.
 */

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const [store, ...files] = process.argv.slice(2);

async function readKnown() {
  try {
    return JSON.parse(await readFile(store, "utf8"));
  } catch {
    return {};
  }
}

async function measure(content) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength,
  };
  const [zipped, squeezed] = await Promise.all([
    promisify(gzip)(content, { level: 9 }),
    promisify(brotliCompress)(content, { params }),
  ]);
  return { gzip: zipped.byteLength, brotli: squeezed.byteLength };
}

const known = await readKnown();
const sizes = {};
await Promise.all(
  files.map(async (file) => {
    const content = await readFile(file);
    const hash = createHash("sha256").update(content).digest("hex");
    sizes[hash] = known[hash] ?? (await measure(content));
  }),
);
await writeFile(store, JSON.stringify(sizes));
console.log(JSON.stringify(sizes));
