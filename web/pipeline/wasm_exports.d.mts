export function withExportsAlone(wasm: Uint8Array, names: Iterable<string>): Uint8Array;
