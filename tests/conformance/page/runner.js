/**
 * `await runScenario("start-up-3")` → `{streams, problem, unheard}`: the traces, what went wrong with the run itself, and
 * promises that failed with nobody to hear it.
 */

import { emulator } from "./control.js";
import { Normaliser } from "./normalise.js";
import { World } from "./world.js";

window.runScenario = async (name) => {
  const { default: scenario } = await import(`../scenarios/${name}.js`);
  await emulator.reset();
  sessionStorage.clear();
  const world = new World(new Normaliser());
  const unheard = [];
  const note = ({ reason }) => unheard.push(String(reason?.message ?? reason));
  addEventListener("unhandledrejection", note);
  let problem = null;
  try {
    await scenario(world);
  } catch (error) {
    problem = `${error.name}: ${error.message}`;
  }
  const streams = await world.end();
  removeEventListener("unhandledrejection", note);
  return { streams, problem, unheard };
};
window.runnerReady = true;
