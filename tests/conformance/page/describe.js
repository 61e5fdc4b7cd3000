/** Turns what an SDK hands out into plain values that two SDKs can be compared by. Reads public members only. */

import { noteFields } from "./coverage.js";

const FIELDS = {
  conversation: [
    "sid", "uniqueName", "friendlyName", "status", "attributes", "createdBy", "dateCreated", "dateUpdated",
    "lastMessage", "lastReadMessageIndex", "notificationLevel", "state",
  ],
  message: [
    "sid", "index", "author", "body", "subject", "type", "attributes", "participantSid", "lastUpdatedBy",
    "dateCreated", "dateUpdated", "aggregatedDeliveryReceipt", "attachedMedia", "media",
  ],
  media: ["sid", "filename", "contentType", "size", "category"],
  participant: [
    "sid", "identity", "type", "roleSid", "attributes", "isTyping", "lastReadMessageIndex", "lastReadTimestamp",
    "dateCreated", "dateUpdated", "bindings",
  ],
  receipt: ["total", "sent", "delivered", "read", "undelivered", "failed"],
  user: ["identity", "friendlyName", "attributes", "isOnline", "isNotifiable", "isSubscribed"],
};

function kindOf(value) {
  const sdk = globalThis.Twilio.Conversations;
  for (const [name, kind] of [
    ["Conversation", "conversation"], ["Message", "message"], ["Participant", "participant"], ["User", "user"], ["Media", "media"],
    ["AggregatedDeliveryReceipt", "receipt"],
  ]) {
    if (value instanceof sdk[name]) return kind;
  }
  return null;
}

export function describe(value, depth = 0) {
  if (value === undefined) return "<undefined>";
  if (typeof value === "number" && !Number.isFinite(value)) return `<${value}>`;
  if (value === null || typeof value !== "object") return typeof value === "function" ? "<function>" : value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "<invalid date>" : "<moment>";
  if (value instanceof Error) return describeError(value, depth);
  if (Array.isArray(value)) return value.map((item) => describe(item, depth + 1));
  if (value instanceof globalThis.Twilio.Conversations.Client) return "<client>";
  const kind = kindOf(value);
  if (kind !== null) return pick(kind, value, depth);
  if (typeof value.nextPage === "function") return describePage(value, depth);
  if (value instanceof Map) return { map: [...value].map((entry) => describe(entry, depth + 1)) };
  if (depth > 6) return "<deep>";
  // A key without a value is no key, as in JSON.
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  noteFields(value, entries.map(([key]) => key));
  return Object.fromEntries(entries.map(([key, item]) => [key, describe(item, depth + 1)]));
}

function pick(kind, value, depth) {
  if (depth > 3) return `<${kind}>`;
  const state = { kind };
  for (const field of FIELDS[kind]) state[field] = describe(value[field], depth + 1);
  if (kind === "message" || kind === "participant") state.conversation = value.conversation.sid;
  noteFields(value, Object.keys(state));
  return state;
}

function describePage(page, depth) {
  noteFields(page, ["items", "hasNextPage", "hasPrevPage"]);
  return {
    page: page.items.map((item) => describe(item, depth + 1)),
    hasNextPage: page.hasNextPage,
    hasPrevPage: page.hasPrevPage,
  };
}

function describeError(error, depth) {
  const fields = {};
  for (const key of Object.keys(error).sort()) {
    if (key !== "stack" && key !== "message" && key !== "name") fields[key] = describe(error[key], depth + 1);
  }
  return { error: error.message, name: error.name, ...fields };
}
