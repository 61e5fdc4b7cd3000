/**
 * Push notifications as a platform delivers them to the page, read. They never were in the core: the platform gives
 * them to the page, and reading them is synchronous. Not responsible for registering the device.
 */

/** The types of notification that the service knows. */
export class NotificationTypes {
  static readonly TYPING_INDICATOR = "twilio.ipmsg.typing_indicator";
  static readonly NEW_MESSAGE = "twilio.conversations.new_message";
  static readonly ADDED_TO_CONVERSATION = "twilio.conversations.added_to_conversation";
  static readonly REMOVED_FROM_CONVERSATION = "twilio.conversations.removed_from_conversation";
  static readonly CONSUMPTION_UPDATE = "twilio.channel.consumption_update";
}

/** A notification before it is checked. */
interface Descriptor {
  title?: unknown;
  body?: unknown;
  sound?: unknown;
  badge?: unknown;
  action?: unknown;
  type?: unknown;
  data?: unknown;
}

/** What is empty is null. */
export class PushNotification {
  readonly title: unknown;
  readonly body: unknown;
  readonly sound: unknown;
  readonly badge: unknown;
  readonly action: unknown;
  readonly type: unknown;
  readonly data: unknown;

  constructor(descriptor: Descriptor) {
    this.title = descriptor.title || null;
    this.body = descriptor.body || null;
    this.sound = descriptor.sound || null;
    this.badge = descriptor.badge || null;
    this.action = descriptor.action || null;
    this.type = descriptor.type || null;
    this.data = descriptor.data || {};
  }
}

type Fields = Record<string, unknown>;

interface Apn {
  alert?: unknown;
  sound?: unknown;
  badge?: unknown;
  category?: unknown;
}

/** Reads what APN (`aps`) or FCM (`data`) delivered. Throws for anything else. */
export function parsePush(payload: object): PushNotification {
  const { aps, data } = payload as { aps?: Apn; data?: Fields };
  if (aps !== undefined) {
    const type = typeOf(payload as Fields);
    const { alert } = aps;
    const words: Fields = typeof alert === "string" ? { body: alert } : ((alert ?? {}) as Fields);
    const { title, body } = words;
    const { sound, badge, category } = aps;
    return new PushNotification({ title, body, sound, badge, action: category, type, data: read(payload as Fields) });
  }
  if (data !== undefined) {
    const type = typeOf(data);
    const { twi_title: title, twi_body: body, twi_sound: sound, twi_action: action } = data;
    return new PushNotification({ title, body, sound, action, type, data: read(data) });
  }
  throw new Error("Provided push notification payload is not Programmable Chat notification");
}

function typeOf(fields: Fields): unknown {
  if (fields["twi_message_type"]) return fields["twi_message_type"];
  throw new Error("Provided push notification payload does not contain Programmable Chat push notification type");
}

/** Undefined for what is of no use. */
const READERS: Record<string, [name: string, read: (value: unknown) => unknown]> = {
  conversation_sid: ["conversationSid", (value) => value],
  conversation_title: ["conversationTitle", (value) => value],
  message_sid: ["messageSid", (value) => value],
  message_index: ["messageIndex", number],
  media_count: ["mediaCount", number],
  media: ["media", parsed],
};

function read(fields: Fields): Fields {
  const data: Fields = {};
  for (const [key, [name, reader]] of Object.entries(READERS)) {
    const value = fields[key] ?? undefined;
    const result = value === undefined ? undefined : reader(value);
    if (result !== undefined) data[name] = result;
  }
  return data;
}

function number(value: unknown): number | undefined {
  return Number.isNaN(Number(value)) ? undefined : Number(value);
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
