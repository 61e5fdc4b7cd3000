// What is measured inside the page. Every function returns plain numbers in milliseconds, and frees what it has made.
"use strict";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const options = () => ({ Twilsock: { uri: `ws://${location.host}/v3/wsconnect` } });

function heard(object, event, accept = () => true, times = 1) {
  return new Promise((resolve) => {
    let count = 0;
    const listen = (value) => {
      if (!accept(value)) return;
      count += 1;
      if (count < times) return;
      object.removeListener(event, listen);
      resolve(value);
    };
    object.on(event, listen);
  });
}

async function ready(token) {
  const client = new Twilio.Conversations.Client(token, options());
  await Promise.race([
    heard(client, "initialized"),
    heard(client, "initFailed").then(({ error }) => Promise.reject(error ?? new Error("initFailed"))),
  ]);
  return client;
}

/** Longest time for which the page could not do anything, while it is watched. */
function watchGaps() {
  const channel = new MessageChannel();
  let last = performance.now();
  let longest = 0;
  let on = true;
  channel.port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (on) setTimeout(() => channel.port2.postMessage(0), 2);
    else channel.port1.close();
  };
  channel.port2.postMessage(0);
  return () => {
    on = false;
    return Math.max(longest, performance.now() - last);
  };
}

/** Longest task since the page was loaded, 0 if none took 50 ms; where the engine does not tell of tasks, the longest gap. */
function watchTasks() {
  if (!PerformanceObserver.supportedEntryTypes.includes("longtask")) return watchGaps();
  let longest = 0;
  const hear = (entries) => entries.forEach(({ duration }) => (longest = Math.max(longest, duration)));
  const observer = new PerformanceObserver((list) => hear(list.getEntries()));
  observer.observe({ type: "longtask", buffered: true });
  return () => {
    hear(observer.takeRecords());
    observer.disconnect();
    return longest;
  };
}

const sinceLoad = watchTasks();

const bench = {
  /** From the start of the navigation until `initialized`; the token comes `tokenDelay` ms after the scripts ran. */
  async boot({ token, tokenDelay = 0 }) {
    if (tokenDelay > 0) await pause(tokenDelay);
    const client = await ready(token);
    const initialized = performance.now();
    const longestTask = sinceLoad();
    await client.shutdown();
    return { initialized, longestTask };
  },

  /** As `boot`, with the runtime already there. */
  async again({ token }) {
    const start = performance.now();
    const client = await ready(token);
    const initialized = performance.now() - start;
    await client.shutdown();
    return { initialized };
  },

  /** From `new Client` until every conversation is joined. */
  async startUp({ token, conversations }) {
    const gaps = watchGaps();
    const start = performance.now();
    const client = new Twilio.Conversations.Client(token, options());
    let first = 0;
    const one = heard(client, "conversationJoined").then(() => (first = performance.now() - start));
    const all = conversations ? heard(client, "conversationJoined", () => true, conversations) : Promise.resolve();
    await heard(client, "initialized");
    const initialized = performance.now() - start;
    await all;
    if (conversations) await one;
    const joined = performance.now() - start;
    const longestTask = gaps();
    await client.shutdown();
    return { initialized, first, joined, longestTask };
  },

  /** Connects and listens; `incomingResult` tells how the flood went. */
  async incoming({ token, conversation, count }) {
    const client = await ready(token);
    const room = await client.getConversationBySid(conversation);
    this.listener = { client, room, count };
    return this.incomingAgain();
  },

  /** Listens for another flood with the client that is there. */
  incomingAgain() {
    const { room, count } = this.listener;
    const times = [];
    const stray = [];
    let expected = null;
    this.flood = new Promise((resolve) => {
      const listen = (message) => {
        if (expected !== null && message.index !== expected) stray.push(message.index);
        expected = message.index + 1;
        if (times.push(performance.now()) < count) return;
        room.removeListener("messageAdded", listen);
        resolve();
      };
      room.on("messageAdded", listen);
    });
    this.watched = { times, stray, gaps: watchGaps() };
    return {};
  },

  async incomingResult({ more = false }) {
    const { times, stray, gaps } = this.watched;
    await this.flood;
    const longestTask = gaps();
    await pause(50);
    if (!more) await this.listener.client.shutdown();
    if (stray.length) throw new Error(`out of order: ${stray.slice(0, 5)}`);
    return { took: times.at(-1) - times[0], longestTask };
  },

  /** As many frames as a socket with nothing behind it brings, each answered in a few bytes. */
  async bareSocket({ url, count }) {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    const answer = new Uint8Array(60);
    const times = [];
    await new Promise((resolve, reject) => {
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
      socket.onmessage = () => {
        socket.send(answer);
        if (times.push(performance.now()) === count) resolve();
      };
    });
    socket.close();
    return { took: times.at(-1) - times[0] };
  },

  /** A client that stays, for measurements from outside. */
  async stay({ token }) {
    this.staying = await ready(token);
    return {};
  },

  async leave() {
    await this.staying.shutdown();
    return {};
  },

  async sends({ token, conversation, count }) {
    const client = await ready(token);
    const room = await client.getConversationBySid(conversation);
    const each = [];
    for (let n = 0; n < count; n += 1) {
      const start = performance.now();
      await room.sendMessage(`one after another ${n}`);
      each.push(performance.now() - start);
    }
    each.sort((a, b) => a - b);
    const start = performance.now();
    await Promise.all(Array.from({ length: count }, (_, n) => room.sendMessage(`at once ${n}`)));
    const atOnce = performance.now() - start;
    await client.shutdown();
    return { p50: each[Math.floor(count * 0.5)], p95: each[Math.floor(count * 0.95)], atOnce };
  },

  /** The newest hundred (the mean of five), and all pages back to the first message. */
  async history({ token, conversation, count }) {
    const client = await ready(token);
    const room = await client.getConversationBySid(conversation);
    let start = performance.now();
    for (let n = 0; n < 5; n += 1) await room.getMessages(100);
    const hundred = (performance.now() - start) / 5;
    start = performance.now();
    let page = await room.getMessages(100);
    let seen = page.items.length;
    while (page.hasPrevPage) {
      page = await page.prevPage();
      seen += page.items.length;
    }
    const all = performance.now() - start;
    await client.shutdown();
    if (seen !== count) throw new Error(`${seen} of ${count} messages`);
    return { hundred, all };
  },
};

for (const [name, measure] of Object.entries(bench)) {
  bench[name] = (argument) => {
    // It watches the start alone.
    if (name !== "boot") sinceLoad();
    return measure.call(bench, argument);
  };
}
window.bench = bench;
