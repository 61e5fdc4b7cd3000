/**
 * What people read: errors, times, names. Not responsible for where it is shown.
 */

const REMEDIES = {
  20101: "The token was refused. Sign in again to get a new one.",
  20104: "The token has expired. Renew it.",
  50107: "Your role does not allow this here. By default only the person who created a conversation may add or remove people.",
  50350: "There is no such conversation.",
  50353: "Another conversation has this unique name already.",
  50377: "The conversation is closed.",
  50430: "You are not a participant of this conversation. Join it first.",
  50432: "This person is not in the conversation.",
  50433: "This person is in the conversation already.",
  50504: "The message is too long.",
  51207: "The token has expired. Renew it.",
  54007: "You may not read this. Ask its creator to add you.",
};

/** One sentence or two about any thrown value: what to do where we know it, else its own words. */
export function explain(error) {
  if (error === null || error === undefined) return "No reason was given.";
  if (typeof error !== "object") return String(error);
  const body = typeof error.body === "object" && error.body !== null ? error.body : {};
  const code = error.errorCode ?? body.code ?? error.code;
  const status = error.httpStatusCode ?? body.status ?? error.status;
  const text = REMEDIES[code] ?? (error.message || error.name || "No reason was given.");
  const numbers = [code && `code ${code}`, status && status !== code && `status ${status}`].filter(Boolean);
  return numbers.length > 0 ? `${ended(text)} (${numbers.join(", ")})` : ended(text);
}

function ended(text) {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}

export function titleOf(conversation) {
  return conversation.friendlyName || conversation.uniqueName || conversation.sid;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** Time of day for today, else the day. */
export function shortTime(date) {
  if (!date) return "";
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date);
}

export function timeOfDay(date) {
  return date ? clock.format(date) : "";
}

export function exactTime(date) {
  return exact.format(date);
}

/** `59:03`, `1:02:33`. */
export function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `alice`, `alice and bob`, `alice, bob and carol`. */
export function together(names) {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** `1 message`, `2 messages`. */
export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}
