/**
 * Reports what goes wrong in the callbacks that Emscripten gets from Pyodide, or gives to it. Nobody awaits them: with
 * an error in there the start would wait for ever.
 */

import { checkAddresses } from "./linking.ts";

/** Hears of an error in the wasm's linking, or in what is done before Python begins. */
export type OnFailure = (during: "wasm" | "core", error: unknown) => void;

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => unknown;
type Hook = (python: unknown) => unknown;

/** Of what Pyodide tells Emscripten, what is used here. Private: the version of Pyodide is pinned, and a test looks. */
export interface Settings {
  /** Calls `receive` later; that links the instance with Emscripten's scripts. */
  instantiateWasm(imports: WebAssembly.Imports, receive: Receive): unknown;
  preRun: Hook[];
}

/** The same settings, changed. */
export function watched(settings: Settings, failed: OnFailure): Settings {
  const { instantiateWasm, preRun } = settings;
  settings.instantiateWasm = (imports, receive) => {
    const link: Receive = (instance, module) => {
      const linked = receive(instance, module);
      checkAddresses(imports, module);
      return linked;
    };
    return instantiateWasm(
      imports,
      telling(link, (error) => failed("wasm", error)),
    );
  };
  settings.preRun = preRun.map((hook) => telling(hook, (error) => failed("core", error)));
  return settings;
}

/** `callback`; what it throws, now or later, `tell` hears as well. */
function telling<Arguments extends unknown[]>(
  callback: (...given: Arguments) => unknown,
  tell: (error: unknown) => void,
): (...given: Arguments) => unknown {
  return (...given) => {
    try {
      const result = callback(...given);
      if (result instanceof Promise) result.catch(tell);
      return result;
    } catch (error) {
      tell(error);
      throw error;
    }
  };
}
