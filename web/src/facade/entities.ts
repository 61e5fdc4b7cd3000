/**
 * The objects that the core makes: conversations, participants, messages, users, pages. Their members come from the
 * surface table; here is only what the table cannot say. Not responsible for `Client` (the page makes those).
 */

import { tableOf } from "../bridge/surface.js";
import { MessageBuilder, UnsentMessage } from "./builder.js";
import { define } from "./define.js";
import { ReplayEventEmitter } from "./emitter.js";
import type { ClassLookup } from "./validate.js";

function refuse(name: string): never {
  throw new TypeError(`${name} objects are made by the client, not with new`);
}

export class Conversation extends ReplayEventEmitter {
  constructor() {
    super();
    refuse("Conversation");
  }

  /** Nothing is sent before `build().send()` or `buildAndSend()`. */
  prepareMessage(): MessageBuilder {
    return new MessageBuilder(new UnsentMessage(this), lookup);
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
}

export class User extends ReplayEventEmitter {
  constructor() {
    super();
    refuse("User");
  }
}

export class Paginator {
  constructor() {
    refuse("Paginator");
  }
}

export class AggregatedDeliveryReceipt {
  constructor() {
    refuse("AggregatedDeliveryReceipt");
  }
}

/** By the name in the surface table. */
export const entityClasses = { Conversation, Participant, Message, User, Paginator, AggregatedDeliveryReceipt };

/** The classes that argument rules may name. */
export const lookup: ClassLookup = (name) => Reflect.get(entityClasses, name);

for (const [name, entity] of Object.entries(entityClasses)) {
  define(entity, name, lookup);
  if (tableOf(name).emitter && name === "User") {
    // As in the official SDK: many parts of an application watch the same users.
    Object.defineProperty(entity.prototype, "getMaxListeners", { value: () => Infinity });
  }
}
