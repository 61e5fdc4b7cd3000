/**
 * The objects that the core makes: conversations, participants, messages, users. Their members come from the surface
 * table; here is only what the table cannot say. Not responsible for `Client` (the page makes those) nor for pages of
 * messages and conversations (`pages`), which have no class.
 */

import { plain } from "../bridge/codec.js";
import { entryOf } from "../bridge/registry.js";
import { slot } from "../bridge/slot.js";
import { tableOf } from "../bridge/surface.js";
import { MessageBuilder } from "./builder.js";
import { ContentTemplateVariable } from "./content.js";
import { define } from "./define.js";
import { liftLimit, ReplayEventEmitter } from "./emitter.js";
import { deprecated } from "./log.js";
import { type MediaContent, pack } from "./media.js";
import { check, type ClassLookup } from "./validate.js";

function refuse(name: string): never {
  throw new TypeError(`${name} objects are made by the client, not with new`);
}

function examine(className: string, member: string, args: readonly unknown[]): void {
  const problem = check(tableOf(className).members[member]?.rules ?? [], args, lookup);
  if (problem !== undefined) throw new Error(problem);
}

function emailPart(message: Message, category: string, type = "text/plain"): Media | null {
  const parts = message.getMediaByCategories([category]) as (Media & { contentType: string })[];
  return parts.find((media) => media.contentType === type) ?? null;
}

export class Conversation extends ReplayEventEmitter {
  constructor() {
    super();
    refuse("Conversation");
  }

  /** Nothing is sent before `build().send()` or `buildAndSend()`. */
  prepareMessage(): MessageBuilder {
    return new MessageBuilder(this, lookup);
  }

  /** By hand for its length, which is the official one: its argument is not checked there. */
  async getMessageRecipients(options?: unknown): Promise<unknown> {
    return entryOf(this).session.caller.call(this, "getMessageRecipients", [options]);
  }

  /** A text goes out at once, a medium is uploaded first. Resolves with the index of the message. */
  async sendMessage(...args: [message: MediaContent | string | null, attributes?: unknown, options?: unknown]): Promise<unknown> {
    examine("Conversation", "sendMessage", args);
    const { caller } = entryOf(this).session;
    const [message, attributes] = args;
    if (typeof message === "string" || message === null) {
      return caller.call(this, "sendMessage", args.map((given, at) => (at === 1 ? plain(given) : given)));
    }
    const packed = pack(message);
    const [description, data] = packed instanceof Promise ? await packed : packed;
    return caller.call(this, "$sendMedia", [description, data, plain(attributes)]);
  }
}

export class Participant extends ReplayEventEmitter {
  constructor() {
    super();
    refuse("Participant");
  }
}

export class Message extends ReplayEventEmitter {
  constructor() {
    super();
    refuse("Message");
  }

  /** One object for as long as the message lives; what it says changes. */
  get aggregatedDeliveryReceipt(): AggregatedDeliveryReceipt | null {
    if (entryOf(this).state["aggregatedDeliveryReceipt"] == null) return null;
    let receipt = receiptOf.get(this);
    if (receipt === undefined) {
      receipt = Object.create(AggregatedDeliveryReceipt.prototype) as AggregatedDeliveryReceipt;
      messageOf.set(receipt, this);
      receiptOf.set(this, receipt);
    }
    return receipt;
  }

  get attachedMedia(): Media[] {
    return this.getMediaByCategories(["media"]);
  }

  getMediaByCategories(categories: readonly string[]): Media[] {
    const every = (entryOf(this).state["_allMedia"] ?? []) as (Media & { category: string })[];
    return every.filter((media) => categories.includes(media.category));
  }

  /** Deprecated by the official SDK. */
  getMediaByCategory(...args: [categories: readonly string[]]): Media[] {
    deprecated("The method getMediaByCategory is deprecated, use getMediaByCategories instead.");
    return this.getMediaByCategories(args[0]);
  }

  getEmailBody(...args: [type?: string]): Media | null {
    examine("Message", "getEmailBody", args);
    return emailPart(this, "body", args[0]);
  }

  getEmailHistory(...args: [type?: string]): Media | null {
    examine("Message", "getEmailHistory", args);
    return emailPart(this, "history", args[0]);
  }
}

export class User extends ReplayEventEmitter {
  constructor() {
    super();
    refuse("User");
  }
}

export class RestPaginator {
  constructor() {
    refuse("RestPaginator");
  }
}

export class Media {
  constructor() {
    refuse("Media");
  }
}

/** The receipt of a message: it says what is true when it is asked, as in the official SDK. */
export class AggregatedDeliveryReceipt {
  constructor() {
    refuse("AggregatedDeliveryReceipt");
  }

  get total(): unknown {
    return told(this, "total");
  }

  get sent(): unknown {
    return told(this, "sent");
  }

  get delivered(): unknown {
    return told(this, "delivered");
  }

  get read(): unknown {
    return told(this, "read");
  }

  get undelivered(): unknown {
    return told(this, "undelivered");
  }

  get failed(): unknown {
    return told(this, "failed");
  }

  toJSON(): object {
    return { ...(messageOf.get(this) === undefined ? this : currentReceipt(this)) };
  }
}

const receiptOf = slot<AggregatedDeliveryReceipt>("receipt");
const messageOf = slot<Message>("message");

function currentReceipt(receipt: AggregatedDeliveryReceipt): Record<string, unknown> {
  const message = messageOf.get(receipt);
  if (message === undefined) throw new TypeError("Illegal invocation: not an object of this SDK");
  return entryOf(message).state["aggregatedDeliveryReceipt"] as Record<string, unknown>;
}

function told(receipt: AggregatedDeliveryReceipt, name: string): unknown {
  return currentReceipt(receipt)[name];
}

export class DetailedDeliveryReceipt {
  constructor() {
    refuse("DetailedDeliveryReceipt");
  }
}

export class ChannelMetadata {
  constructor() {
    refuse("ChannelMetadata");
  }
}

export class EmailRecipientDescriptor {
  constructor() {
    refuse("EmailRecipientDescriptor");
  }
}

export class UnknownRecipientDescriptor {
  constructor() {
    refuse("UnknownRecipientDescriptor");
  }
}

/** By the name in the surface table. */
export const entityClasses = {
  Conversation,
  Participant,
  Message,
  User,
  RestPaginator,
  Media,
  AggregatedDeliveryReceipt,
  DetailedDeliveryReceipt,
  ChannelMetadata,
  EmailRecipientDescriptor,
  UnknownRecipientDescriptor,
};

/** The classes that argument rules may name. */
export const lookup: ClassLookup = (name) => Reflect.get({ ...entityClasses, ContentTemplateVariable }, name);

for (const [name, entity] of Object.entries(entityClasses)) {
  define(entity, name, lookup);
  // As in the official SDK: many parts of an application watch the same users.
  if (name === "User") liftLimit(entity.prototype);
}
