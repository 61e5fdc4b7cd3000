/**
 * Brings an SDK into the page, ours or (`?sdk=official`) the official one, and makes clients and tokens.
 * Everything after this is the same code for both. Not responsible for what a client does.
 */

const SDKS = {
  pyconvo: { label: "pyconvo", url: "/dist/v0.1/pyconvo.min.js" },
  official: { label: "official SDK", url: "/oracle/twilio-conversations.min.js" },
};

export const chosen = new URLSearchParams(location.search).get("sdk") === "official" ? "official" : "pyconvo";

/** The page's address with the other SDK. */
export function otherSdk() {
  const url = new URL(location.href);
  if (chosen === "official") url.searchParams.delete("sdk");
  else url.searchParams.set("sdk", "official");
  return { label: SDKS[chosen === "official" ? "pyconvo" : "official"].label, href: url.href };
}

/** A classic script tag, as any page would have it. */
export async function loadSdk() {
  const { label, url } = SDKS[chosen];
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${url} could not be loaded. ${remedyFor(chosen)}`));
    document.head.append(script);
  });
  const library = /** @type {any} */ (window).Twilio?.Conversations;
  if (library?.Client === undefined) throw new Error(`${url} is there, but defines no Twilio.Conversations.Client.`);
  return { label, version: library.runtime?.version ?? library.Client.version, Client: library.Client, runtime: library.runtime ?? null };
}

function remedyFor(sdk) {
  if (sdk === "pyconvo") return "Build it with: python3 build.py build";
  return "Serve the builds folder of @twilio/conversations as /oracle.";
}

/** A fresh access token of the emulator. `ttl` in seconds. */
export async function fetchToken(identity, ttl) {
  let response;
  try {
    response = await fetch(`/token?${new URLSearchParams({ identity, ttl })}`);
  } catch (cause) {
    throw new Error("The emulator does not answer. Is python3 build.py serve still running?", { cause });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.message ?? response.statusText), answer);
  return answer.token;
}

/** Options for either SDK: each takes the one it knows. */
export function clientOptions() {
  return { emulator: location.origin, Twilsock: { uri: `${location.origin.replace(/^http/, "ws")}/v3/wsconnect` } };
}

/** Cut this person's socket, as a tunnel would. */
export async function dropConnection(identity) {
  const response = await fetch("/emulator/connections/drop", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ identity }),
  });
  if (!response.ok) throw new Error(`The emulator refused: ${response.status}`);
}
