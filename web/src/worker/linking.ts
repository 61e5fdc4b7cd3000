/**
 * Makes Emscripten's linking of the interpreter short. For modules that could be loaded later it enters every function of
 * the wasm into its tables, one by one, and makes a wasm module for each function of a graphics library, 50 ms and more of
 * each start. Here nothing is loaded later: it is shown what its own scripts mention.
 */

/** Names of exports that Pyodide's scripts mention, or ours, separated by blanks; written in by the build. */
declare const PYODIDE_EXPORTS: string;

/** Functions of WebGL: their addresses are asked for, and used by nobody. */
const GRAPHICS = /^emscripten_gl/;

/** Where the wasm imports the addresses of functions from. */
const FUNCTIONS = "GOT.func";
/** An address that is not known yet: Emscripten looks for it. */
const UNKNOWN = -1;
/** That of no function. */
const NOTHING = 0;

type Addresses = Record<string, WebAssembly.Global>;

/** What to instantiate the wasm with, instead of `imports`. */
export function withoutGraphics(imports: WebAssembly.Imports): WebAssembly.Imports {
  const addresses = imports[FUNCTIONS] as Addresses | undefined;
  if (addresses === undefined) return imports;
  const get = (_: Addresses, name: string): WebAssembly.Global | undefined => {
    const address = addresses[name];
    if (address?.value === UNKNOWN && GRAPHICS.test(name)) address.value = NOTHING;
    return address;
  };
  return { ...imports, [FUNCTIONS]: new Proxy(addresses, { get }) as WebAssembly.ModuleImports };
}

/** The instance, with such exports alone. */
export function withMentionedExports({ exports }: WebAssembly.Instance): WebAssembly.Instance {
  const names = PYODIDE_EXPORTS.split(" ");
  return { exports: Object.fromEntries(names.map((name) => [name, exports[name] as WebAssembly.ExportValue])) };
}

/** Throws if the linking has left an address unknown that the wasm needs. Emscripten's own error reaches nobody. */
export function checkAddresses(imports: WebAssembly.Imports, wasm: WebAssembly.Module): void {
  const unknown = WebAssembly.Module.imports(wasm)
    .filter(({ module, name }) => module === FUNCTIONS && (imports[module] as Addresses)[name]?.value === UNKNOWN)
    .map(({ name }) => name);
  if (unknown.length > 0) throw new Error(`undefined: ${unknown.join(", ")}`);
}
