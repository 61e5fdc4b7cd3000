/** `await runScenario("start-up-3")` → `{streams, problem}`: the traces, and what went wrong with the run itself. */

import { emulator } from "./control.js";
import { Normaliser } from "./normalise.js";
import { World } from "./world.js";

window.runScenario = async (name) => {
  const { default: scenario } = await import(`../scenarios/${name}.js`);
  await emulator.reset();
  sessionStorage.clear();
  const world = new World(new Normaliser());
  const stray = [];
  const note = (event) => stray.push(String(event.reason?.message ?? event.reason ?? event.message));
  addEventListener("unhandledrejection", note);
  let problem = null;
  try {
    await scenario(world);
  } catch (error) {
    problem = `${error.name}: ${error.message}`;
  }
  const streams = await world.end();
  removeEventListener("unhandledrejection", note);
  return { streams, problem, stray };
};
window.runnerReady = true;
