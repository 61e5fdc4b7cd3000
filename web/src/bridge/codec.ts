/**
 * Values to JSON and back; the other half is `pyconvo/bridge/codec.py`. What is not JSON is an object with the key
 * `$`. Not responsible for which objects have handles.
 */

export interface WireError {
  name: string;
  message: string;
  fields?: Record<string, unknown>;
  plain?: boolean;
  text?: boolean;
}

interface Tagged {
  $: string;
  v?: unknown;
  c?: string;
}

/** What the codec asks of the registry. */
export interface References {
  /** The object of a handle; counts as one mention. */
  object(handle: number): object;
  /** The handle of one of our objects, undefined for any other value. */
  handle(value: object): number | undefined;
  /** A value without identity. */
  value(className: string, state: Record<string, unknown>): object;
}

/** Content of a medium: nothing else crosses as bytes. */
export class Bytes {
  constructor(readonly data: Uint8Array) {}
}

/** An argument. Throws what `JSON.stringify` throws; what that makes of binary values is what crosses. */
export function encode(value: unknown, references: References): unknown {
  if (value === undefined) return { $: "undef" };
  if (typeof value === "object" && value !== null) {
    const handle = references.handle(value);
    if (handle !== undefined) return { $: "ref", v: handle };
    if (value instanceof Bytes) return { $: "bytes", v: base64(value.data) };
    if (Array.isArray(value) && value.some((item) => isObject(item) && references.handle(item) !== undefined)) {
      return value.map((item) => encode(item, references));
    }
  }
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return { $: "undef" };
  const copy: unknown = JSON.parse(text);
  return text.includes('"$"') ? escape(copy) : copy;
}

/** What is left of a value that is only to be written as JSON: of our own objects, too. Throws as `encode` does. */
export function plain(value: unknown): unknown {
  if (!isObject(value)) return value;
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? undefined : JSON.parse(text);
}

/** `btoa` takes text, and a call only so many arguments. */
function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 0x6000) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(start, start + 0x6000))));
  }
  return pieces.join("");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Wraps the user's own objects that have a key `$`. */
function escape(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(escape);
  const plain = value as Record<string, unknown>;
  for (const key of Object.keys(plain)) plain[key] = escape(plain[key]);
  return "$" in plain ? { $: "obj", v: plain } : plain;
}

/** The inverse of the core's encoding. The given tree is ours: it is changed in place and handed out. */
export function decode(value: unknown, references: References): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = decode(value[index], references);
    return value;
  }
  if (!("$" in value)) return decodeFields(value as Record<string, unknown>, references);
  const tagged = value as Tagged;
  switch (tagged.$) {
    case "date":
      return new Date(tagged.v as number);
    case "ref":
      return references.object(tagged.v as number);
    case "obj":
      return decodeFields(tagged.v as Record<string, unknown>, references);
    case "value":
      return references.value(String(tagged.c), decodeFields(tagged.v as Record<string, unknown>, references));
    case "error":
      return decodeError(tagged.v as WireError, references);
    default:
      return undefined;
  }
}

function decodeFields(fields: Record<string, unknown>, references: References): Record<string, unknown> {
  for (const key of Object.keys(fields)) fields[key] = decode(fields[key], references);
  return fields;
}

/** A real Error with the official name and fields; or a plain object where the official SDK rejects with one. */
export function decodeError(wire: WireError, references: References): unknown {
  const fields = decodeFields(wire.fields ?? {}, references);
  if (wire.plain) return fields;
  if (wire.text) return wire.message;
  const error = wire.name === "TypeError" ? new TypeError(wire.message) : new Error(wire.message);
  if (error.name !== wire.name) {
    Object.defineProperty(error, "name", { value: wire.name, configurable: true, writable: true });
  }
  return Object.assign(error, fields);
}
