/** The emulator's control plane, as a scenario sees it. */

async function request(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${content.message}`);
  return content;
}

const post = (path, body = {}) => request("POST", path, body);

export const emulator = {
  request,
  reset: (seed = 1) => post("/emulator/reset", { seed }),
  seed: (fixture) => post("/emulator/seed", fixture),
  fault: (fault) => post("/emulator/faults", fault),
  drop: (identity) => post("/emulator/connections/drop", identity === undefined ? {} : { identity }),
  close: (code, more = {}) => post("/emulator/connections/close", { code, ...more }),
  advance: (seconds) => post("/emulator/clock", { advance: seconds }),
  clock: () => request("GET", "/emulator/clock"),
  state: () => request("GET", "/emulator/state"),
  recording: async () => (await fetch("/emulator/recording")).text(),
  replay: (recording, more = {}) => post("/emulator/replay", { recording, ...more }),
  replayState: () => request("GET", "/emulator/replay"),
  log: async () => (await request("GET", "/emulator/log")).log,
  /** What a client's devices were registered and removed by: method, path, parameters, body. */
  registrations: async () =>
    (await emulator.log())
      .filter(({ dir, header }) => dir === "c>s" && header.http_request?.path.startsWith("/v1/registrations"))
      .map(({ header: { http_request: request, active_grant }, payload }) => ({
        request: [request.host, request.method, request.path, request.params, request.headers, active_grant],
        payload: payload.endpoint_platform ? { ...payload, endpoint_platform: navigator.userAgent.startsWith(payload.endpoint_platform) } : payload,
      })),
  pushes: async (more = "") => (await request("GET", `/emulator/pushes?${more}`)).pushes,
  /** Messages from the service itself: `author` need not be connected. */
  say: (conversation, author, bodies) =>
    post(`/emulator/conversations/${conversation}/messages`, { author, bodies }),
  /** A message from a phone or mailbox; `more`: subject, media, channelMetadata, recipients, autocreate, … */
  inbound: (from, to, body, more = {}) => post("/emulator/inbound", { from, to, body, ...more }),
  outbox: async () => (await request("GET", "/emulator/outbox")).outbox,
  /** `which`: { message } or { receipt }, perhaps with a participant and an errorCode. */
  receipts: (which, status) => post("/emulator/receipts", { ...which, status }),
  deliverEvery: (interval) => post("/emulator/delivery", { interval }),
  /** `rates: [{requests, seconds, path}]`, `participants: 2`, … */
  limit: (limits) => post("/emulator/limits", limits),
  roles: async () => (await request("GET", "/emulator/roles")).roles,
  setRole: (role, permissions) => post("/emulator/roles", { role, permissions }),
  giveRole: (conversation, participant, role) =>
    post(`/emulator/conversations/${conversation}/participants/${participant}`, { role }),
  /** `{pre, post, filters, method}` of the service. */
  setWebhooks: (settings) => post("/emulator/webhooks", settings),
  /** The address of a receiver that answers so: `{status, body, delay, times}`. */
  receiver: async (name, answer = {}) => (await post("/emulator/webhooks/answers", { name, ...answer })).url,
  /** The webhooks sent so far, once nothing is on its way. */
  webhooks: async () => (await request("GET", "/emulator/webhooks/deliveries?wait=10")).deliveries,
  setState: (conversation, state) => post(`/emulator/conversations/${conversation}/state`, { state }),
  token: async (identity, ttl = 3600) =>
    (await request("GET", `/token?identity=${encodeURIComponent(identity)}&ttl=${ttl}`)).token,
};
