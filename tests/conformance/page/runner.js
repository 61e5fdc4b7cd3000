/**
 * `await runScenario("start-up-3")` → `{streams, problem, unheard, touched}`: the traces, what went wrong with the run
 * itself, promises that failed with nobody to hear it, and (under the official SDK) which members were used.
 */

import { emulator } from "./control.js";
import { install, take } from "./coverage.js";
import { Normaliser } from "./normalise.js";
import { World } from "./world.js";

if (new URLSearchParams(location.search).get("sdk").startsWith("/oracle/")) install(globalThis.Twilio.Conversations);

window.runScenario = async (name) => {
  const { default: scenario } = await import(`../scenarios/${name}.js`);
  await emulator.reset();
  sessionStorage.clear();
  take();
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
  await world.quiet();
  // Before the clients are shut down, which no scenario asked for.
  const touched = take();
  const streams = await world.end();
  removeEventListener("unhandledrejection", note);
  return { streams, problem, unheard: unheard.filter((message) => !world.expected.has(message)), touched };
};
window.runnerReady = true;
