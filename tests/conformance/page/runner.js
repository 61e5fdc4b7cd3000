/**
 * `await runScenario("start-up-3")` → `{streams, problem, unheard, touched, carried}`: the traces, what went wrong with the
 * run itself, promises that failed with nobody to hear it, and (under the official SDK) which members were used.
 *
 * `carried`, unless null: the scenario goes on (its `afterReload`) when the page has been reloaded, and that is given back.
 */

import { emulator } from "./control.js";
import { install, take } from "./coverage.js";
import { Normaliser } from "./normalise.js";
import { World } from "./world.js";

if (new URLSearchParams(location.search).get("sdk").startsWith("/oracle/")) install(globalThis.Twilio.Conversations);

window.runScenario = async (name, given = null) => {
  const parts = await import(`../scenarios/${name}.js`);
  const scenario = given === null ? parts.default : parts.afterReload;
  const reloads = given === null && parts.afterReload !== undefined;
  if (given === null) {
    await emulator.reset();
    sessionStorage.clear();
  }
  take();
  const normaliser = new Normaliser(given ?? []);
  const world = new World(normaliser);
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
  // A page that is reloaded has no time to shut its clients down.
  const streams = reloads && problem === null ? world.streams : await world.end();
  removeEventListener("unhandledrejection", note);
  const carried = reloads ? normaliser.known : null;
  return { streams, problem, unheard: unheard.filter((message) => !world.expected.has(message)), touched, carried };
};
window.runnerReady = true;
