/** Starts the playground: loads the SDK, then two people. */

import "./elements/boot-progress.js";
import "./elements/chat-message.js";
import "./elements/chat-room.js";
import "./elements/connection-state.js";
import "./elements/conversation-list.js";
import "./elements/event-log.js";
import "./elements/message-composer.js";
import "./elements/message-list.js";
import "./elements/new-conversation.js";
import "./elements/pane-tabs.js";
import "./elements/people-panel.js";
import "./elements/person-pane.js";
import "./elements/session-panel.js";
import "./elements/token-clock.js";
import { find } from "./lib/dom.js";
import { Session } from "./model/session.js";
import { loadSdk, otherSdk } from "./sdk.js";

const boot = find("boot-progress");
const panes = [find("#left"), find("#right")];
const parameters = new URLSearchParams(location.search);

const other = otherSdk();
const link = find("[data-part=other-sdk]");
link.href = other.href;
link.querySelector("b").textContent = other.label;
link.hidden = false;

/** A reload, or a link, brings the same two people. */
function remember(sessions) {
  const url = new URL(location.href);
  panes.forEach((pane, place) => {
    const { identity } = sessions[place];
    if (identity === pane.dataset.standard) url.searchParams.delete(pane.id);
    else url.searchParams.set(pane.id, identity);
  });
  history.replaceState(null, "", url);
}

async function start() {
  boot.loading("Loading the SDK…");
  const sdk = await loadSdk();
  boot.watch(sdk);
  const ttl = Number(parameters.get("ttl")) || 3600;
  const sessions = panes.map((pane) => new Session(sdk, parameters.get(pane.id) || pane.dataset.standard, ttl));
  panes.forEach((pane, place) => pane.begin(sessions[place], sessions[1 - place]));
  find("pane-tabs").begin(panes, sessions);
  for (const session of sessions) {
    session.addEventListener("phase", () => remember(sessions));
    void session.signIn();
  }
}

start().catch((error) => boot.failed(error));
