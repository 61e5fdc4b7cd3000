/**
 * Files of messages on the page: what the builder and `sendMessage` are given, made ready to cross to the core.
 * Not responsible for uploading; the core does that.
 */

import { Bytes } from "../bridge/codec.js";

/** One medium to upload. */
export interface SendMediaOptions {
  contentType: string | null;
  filename?: string;
  media: string | Blob | ArrayBuffer | Uint8Array | null;
}

export type MediaContent = FormData | SendMediaOptions;

/** How the core is told: what it is, and its bytes. */
type Packed = [description: { contentType: string; filename?: string; form?: true }, data: Bytes];

/** Contents in memory are taken now; a Blob or a form has to be read first. */
export function pack(content: MediaContent): Packed | Promise<Packed> {
  if (isForm(content)) return packForm(content);
  const { contentType, filename, media } = content;
  const described = (fallback: string): Packed[0] => ({
    contentType: contentType || fallback,
    ...(filename ? { filename: String(filename) } : {}),
  });
  if (typeof Blob === "function" && media instanceof Blob) {
    return media.arrayBuffer().then((data) => [described(media.type), new Bytes(new Uint8Array(data))]);
  }
  if (typeof media === "string" || media === null) {
    // The type that the platform gives a text without one.
    return [described("text/plain;charset=UTF-8"), new Bytes(new TextEncoder().encode(media ?? ""))];
  }
  return [described(""), new Bytes(new Uint8Array(media as ArrayBuffer))];
}

export function isForm(content: unknown): content is FormData {
  return typeof FormData === "function" && content instanceof FormData;
}

/** As the HTML standard writes a form. `new Response(form)` would do, but WebKit never finishes one that holds files. */
async function packForm(form: FormData): Promise<Packed> {
  const boundary = `----pyconvo${crypto.getRandomValues(new Uint32Array(4)).join("")}`;
  const pieces: BlobPart[] = [];
  for (const [name, value] of form.entries()) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(lines(name))}"`;
    if (typeof value === "string") {
      pieces.push(`${head}\r\n\r\n${lines(value)}\r\n`);
    } else {
      const type = value.type || "application/octet-stream";
      pieces.push(`${head}; filename="${quoted(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, "\r\n");
    }
  }
  const body = new Blob([...pieces, `--${boundary}--\r\n`]);
  const contentType = `multipart/form-data; boundary=${boundary}`;
  return [{ contentType, form: true }, new Bytes(new Uint8Array(await body.arrayBuffer()))];
}

function lines(text: string): string {
  return text.replace(/\r?\n|\r/g, "\r\n");
}

function quoted(name: string): string {
  return name.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}

/** `then` with all of them: at once if nothing has to be read. */
export function packAll<T>(contents: readonly MediaContent[], then: (packed: Packed[]) => T): T | Promise<T> {
  const packed = contents.map(pack);
  const ready = packed.filter((one): one is Packed => Array.isArray(one));
  return ready.length === packed.length ? then(ready) : Promise.all(packed).then(then);
}
