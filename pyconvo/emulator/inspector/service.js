/**
 * The emulator's control plane: what it says is asked for while the page is looked at; what is done goes there too.
 *
 * `document` hears the news as events named `emulator:…` with the JSON as `detail`: `log`, `state`, `clock`,
 * `outbox`, `pushes`, `webhooks`. Not responsible for showing anything.
 */

/** Milliseconds between looks at the packets, and at all the rest. */
const OFTEN = 500;
const SELDOM = 1500;
/** Older packets than so many are not fetched when the page opens. */
const PACKETS = 1000;
const MESSAGES = 30;

let seen = -1;
let soon = () => {};

/** A request; its JSON. Throws an error with the emulator's own words. */
export async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const answer = await fetch(`/emulator/${path}`, options);
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.message ?? `the emulator answered ${answer.status}`);
  return json;
}

/** Do something a person asked for, say how it went, and look at what came of it. */
export async function act(words, method, path, body) {
  try {
    const answer = await call(method, path, body);
    say(typeof words === "function" ? words(answer) : words);
  } catch (error) {
    say(`That did not work: ${error.message}`);
  }
  soon();
}

let silence = 0;

/** Shown for a moment, and read out. */
export function say(text) {
  document.querySelector("#told").textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => say(""), 6000);
}

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(`emulator:${name}`, { detail }));
}

async function lookAtPackets() {
  if (seen < 0) seen = Math.max(0, (await call("GET", "log?after=999999999999")).last - PACKETS);
  const { log, last, dropped } = await call("GET", `log?sockets=true&after=${seen}`);
  // Another emulator on the same port counts from the beginning.
  if (last < seen) seen = -1;
  else seen = last;
  if (log.length > 0) tell("log", { log, dropped });
}

async function lookAtTheRest() {
  const [state, clock, outbox, pushes, webhooks, faults] = await Promise.all([
    call("GET", `state?messages=${MESSAGES}`),
    call("GET", "clock"),
    call("GET", "outbox"),
    call("GET", "pushes?withheld=true"),
    call("GET", "webhooks"),
    call("GET", "faults"),
  ]);
  tell("state", state);
  tell("clock", clock);
  tell("outbox", outbox.outbox);
  tell("pushes", pushes.pushes);
  tell("webhooks", webhooks.deliveries);
  tell("faults", faults);
}

function linked(state, words) {
  const link = document.querySelector("#link");
  if (link.textContent !== words) link.textContent = words;
  link.setAttribute("data-state", state);
}

/** Never returns. A page that nobody looks at asks for nothing. */
export async function watch() {
  let rest = 0;
  for (;;) {
    try {
      await lookAtPackets();
      if (Date.now() >= rest) {
        await lookAtTheRest();
        rest = Date.now() + SELDOM;
      }
      linked("good", "live");
    } catch (error) {
      linked("bad", error instanceof TypeError ? "the emulator does not answer" : error.message);
    }
    await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      soon = () => {
        rest = 0;
        resolve();
      };
      if (document.hidden) document.addEventListener("visibilitychange", () => soon(), { once: true });
      else setTimeout(resolve, OFTEN);
    });
  }
}
