/** Reads a response piece by piece, hashes what has come meanwhile, and keeps it if that is wanted. */

import { TreeHash } from "./tree-hash.ts";

export interface Collected {
  /** Empty unless they were to be kept. */
  readonly bytes: ArrayBuffer;
  /** See `TreeHash`. */
  readonly hash: string;
}

/** Hears how many bytes have come. */
export type Tell = (bytes: number) => void;

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/**
 * `keep`: how many bytes it should have, or that they are not to be kept; `tell` hears how many have come. Rejects when the
 * line breaks off.
 */
export async function collect(response: Response, keep: number | null, tell?: Tell): Promise<Collected> {
  const hash = new TreeHash();
  const kept = new Uint8Array(keep ?? 0);
  let length = 0;
  const keepPiece = (piece: Uint8Array): void => {
    // Another file than expected, as its hash will say.
    if (length + piece.length <= kept.length) kept.set(piece, length);
    length += piece.length;
    tell?.(length);
  };
  const { body } = response;
  const intoRoom = body && byteReader(body);
  if (intoRoom) await readIntoRoom(intoRoom, hash, keepPiece);
  else if (body) await readPieces(body.getReader(), hash, keepPiece);
  return { bytes: kept.buffer, hash: await hash.end() };
}

/** Reads to where the hash wants it. Pieces of their own cost the page's thread a tenth more in a start, all in all. */
async function readIntoRoom(
  reader: ReadableStreamBYOBReader,
  hash: TreeHash,
  keepPiece: (piece: Uint8Array) => void,
): Promise<void> {
  for (let ended = false; !ended; ) {
    const { done, value } = await reader.read(hash.room);
    ended = done;
    // With nothing in it, at the end, it still has the memory.
    if (value === undefined) continue;
    hash.took(value);
    keepPiece(value);
  }
}

async function readPieces(reader: Reader, hash: TreeHash, keepPiece: (piece: Uint8Array) => void): Promise<void> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    hash.add(value);
    keepPiece(value);
  }
}

/** None where the engine, or this body, knows pieces of its own alone. */
function byteReader(body: ReadableStream): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}
