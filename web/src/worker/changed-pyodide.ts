/**
 * Pyodide's loader, told that its files were changed by the build (`--slim`): their name is one of their own, so that only
 * a snapshot that was made with them fits. The build puts this where `interpreter.ts` imports `pyodide`.
 */

import { loadPyodide as load } from "pyodide";

/** See `pipeline/build_id.mjs`; written in by the build. */
declare const PYODIDE_BUILD: string;

type Options = Parameters<typeof load>[0];

export const loadPyodide = (options: Options): ReturnType<typeof load> =>
  load({ ...options, BUILD_ID: PYODIDE_BUILD } as Options);
