/** The client's events, and one line about each for the log. */

import { explain, titleOf } from "../lib/words.js";

export const EVENTS = [
  "stateChanged",
  "initialized",
  "initFailed",
  "connectionStateChanged",
  "connectionError",
  "tokenAboutToExpire",
  "tokenExpired",
  "conversationAdded",
  "conversationJoined",
  "conversationLeft",
  "conversationUpdated",
  "conversationRemoved",
  "participantJoined",
  "participantLeft",
  "participantUpdated",
  "messageAdded",
  "messageUpdated",
  "messageRemoved",
  "typingStarted",
  "typingEnded",
  "userUpdated",
  "userSubscribed",
  "userUnsubscribed",
  "pushNotification",
];

const reasons = (data) => data.updateReasons.join(", ");
const who = (participant) => participant.identity ?? participant.sid;

const SUMMARIES = {
  stateChanged: (state) => state,
  connectionStateChanged: (state) => state,
  connectionError: (data) => explain(data),
  initFailed: (data) => explain(data?.error),
  conversationAdded: titleOf,
  conversationJoined: titleOf,
  conversationLeft: titleOf,
  conversationRemoved: titleOf,
  conversationUpdated: (data) => `${titleOf(data.conversation)}: ${reasons(data)}`,
  participantJoined: who,
  participantLeft: who,
  participantUpdated: (data) => `${who(data.participant)}: ${reasons(data)}`,
  messageAdded: (message) => `#${message.index} ${message.author}: ${message.body}`,
  messageRemoved: (message) => `#${message.index}`,
  messageUpdated: (data) => `#${data.message.index}: ${reasons(data)}`,
  typingStarted: who,
  typingEnded: who,
  userUpdated: (data) => `${data.user.identity}: ${reasons(data)}`,
  userSubscribed: (user) => user.identity,
  userUnsubscribed: (user) => user.identity,
};

export function summary(name, payload) {
  return SUMMARIES[name]?.(payload) ?? "";
}
