/** Compiles a module of wasm while its bytes arrive. */

import type { Take } from "./attempt.ts";

/** The part of WebAssembly used, so that a test can bring its own. */
export type Compiler = Pick<typeof WebAssembly, "Module" | "Instance" | "compile" | "compileStreaming">;

export interface Compiled {
  readonly module: WebAssembly.Module;
  /** It was compiled as it came, and is known to be right: the browser can keep such a file with what it has compiled. */
  readonly streamed: boolean;
}

/** Nobody gets the module, nor hears why it could not be compiled (as `told` puts it), before its bytes are known. */
export function asModule(compiler: Compiler, told: (error: unknown) => unknown): Take<Compiled> {
  return async (response, verify) => {
    const copy = verify && response.clone();
    const streamed = verify !== undefined && canStream(compiler, response);
    const compiled = compile(compiler, response);
    compiled.catch(() => undefined);
    if (copy !== undefined) await verify?.(copy, false);
    try {
      return { module: await compiled, streamed };
    } catch (error) {
      throw told(error);
    }
  };
}

/** Streaming insists on the content type, which not every server knows. */
function canStream(compiler: Compiler, response: Response): boolean {
  const type = response.headers.get("content-type")?.split(";")[0]?.trim();
  return type === "application/wasm" && typeof compiler.compileStreaming === "function";
}

async function compile(compiler: Compiler, response: Response): Promise<WebAssembly.Module> {
  if (canStream(compiler, response)) return compiler.compileStreaming(response);
  return compiler.compile(await response.arrayBuffer());
}
