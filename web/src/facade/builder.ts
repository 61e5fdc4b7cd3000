/**
 * Messages put together step by step. Everything happens on the page until the message is sent.
 * Not responsible for sending.
 */

import { entryOf } from "../bridge/registry.js";
import { tableOf } from "../bridge/surface.js";
import { CancellablePromise } from "./cancellable.js";
import { check, type ClassLookup } from "./validate.js";

/** A message that is ready to go. */
export class UnsentMessage {
  text?: string;
  attributes: unknown = {};
  emailOptions: { subject?: string } = {};

  constructor(conversation: object) {
    Object.defineProperty(this, "conversation", { value: conversation });
  }

  /** Resolves with the index of the new message; null if the service did not tell. */
  send(): CancellablePromise<number | null> {
    const conversation = (this as unknown as { conversation: object }).conversation;
    const { caller } = entryOf(conversation).session;
    const fields = { body: this.text, subject: this.emailOptions.subject, attributes: this.attributes };
    return new CancellablePromise((resolve, reject, onCancel) => {
      const sent = caller.call(conversation, "$send", [fields], (id) => onCancel(() => caller.cancel(id)));
      sent.then((index) => resolve(index as number | null), reject);
    });
  }
}

/** Chainable; every setter throws for an argument of the wrong type. */
export class MessageBuilder {
  private readonly message: UnsentMessage;
  private readonly examine: (method: string, args: unknown[]) => void;

  constructor(message: UnsentMessage, lookup: ClassLookup) {
    this.message = message;
    this.examine = (method, args) => {
      const problem = check(tableOf("MessageBuilder").members[method]?.rules ?? [], args, lookup);
      if (problem !== undefined) throw new Error(problem);
    };
    Object.defineProperty(this, "examine", { enumerable: false });
  }

  setBody(...args: [text: string]): this {
    this.examine("setBody", args);
    this.message.text = args[0];
    return this;
  }

  setSubject(...args: [subject: string]): this {
    this.examine("setSubject", args);
    this.message.emailOptions.subject = args[0];
    return this;
  }

  setAttributes(...args: [attributes: unknown]): this {
    this.examine("setAttributes", args);
    this.message.attributes = args[0];
    return this;
  }

  build(): UnsentMessage {
    return this.message;
  }

  buildAndSend(): CancellablePromise<number | null> {
    return this.build().send();
  }
}
