/**
 * Messages put together step by step. Everything happens on the page until the message is sent.
 * Not responsible for sending.
 */

import { entryOf } from "../bridge/registry.js";
import { tableOf } from "../bridge/surface.js";
import { cancellableCall, type CancellablePromise } from "./cancellable.js";
import type { ContentTemplateVariable } from "./content.js";
import { isForm, type MediaContent, packAll } from "./media.js";
import { check, type ClassLookup } from "./validate.js";

type Category = "media" | "body" | "history";

/** What the service allows, as the builder needs it. */
interface Limits {
  mediaAttachmentsCountLimit: number | null;
  emailBodiesAllowedContentTypes: string[];
  emailHistoriesAllowedContentTypes: string[];
}

/** Medium `index` of `count`: `loaded` of its `total` bytes have left. */
export interface UploadProgress {
  category: Category;
  index: number;
  count: number;
  loaded: number;
  total: number;
}

/** A message that is ready to go. */
export class UnsentMessage {
  text?: string;
  attributes: unknown = {};
  mediaContent: [category: Category, content: MediaContent][] = [];
  emailOptions: { subject?: string } = {};
  contentSid?: string;
  contentVariables?: ContentTemplateVariable[];
  /** Told how the uploads go (an addition to the official SDK). */
  declare onUploadProgress: ((progress: UploadProgress) => void) | null;

  constructor(conversation: object) {
    Object.defineProperty(this, "conversation", { value: conversation });
    Object.defineProperty(this, "onUploadProgress", { value: null, writable: true });
  }

  /** Uploads the media one by one, then sends. Resolves with the new message's index; null if the service told none. */
  send(): CancellablePromise<number | null> {
    const { conversation, onUploadProgress } = this as unknown as { conversation: object } & UnsentMessage;
    const told = onUploadProgress === null ? undefined : (value: unknown) => onUploadProgress(value as UploadProgress);
    let args: readonly unknown[] | Promise<readonly unknown[]>;
    try {
      args = packed(this);
    } catch (error) {
      // For what an application has put into the fields by hand.
      args = Promise.reject(error as Error);
    }
    return cancellableCall(conversation, "$send", args, told);
  }
}

/** The arguments for the core, at once if no content has to be read first. */
function packed(message: UnsentMessage): readonly unknown[] | Promise<readonly unknown[]> {
  const parts = [...message.mediaContent];
  const fields = {
    body: message.text,
    // Applications take the options away.
    subject: (message.emailOptions as UnsentMessage["emailOptions"] | null | undefined)?.subject,
    attributes: message.attributes,
    content: message.contentSid,
    variables: message.contentVariables?.map(({ name, value }) => [name, value]),
  };
  return packAll(
    parts.map(([, content]) => content),
    (contents) => {
      if (contents.length === 0) return [fields];
      const media = contents.map(([description], index) => [parts[index]?.[0], description]);
      return [{ ...fields, media }, ...contents.map(([, data]) => data)];
    },
  );
}

/** Chainable; every setter throws for an argument of the wrong type. */
export class MessageBuilder {
  private readonly message: UnsentMessage;
  private readonly emailBodies = new Map<string, MediaContent>();
  private readonly emailHistories = new Map<string, MediaContent>();
  private readonly limits: Limits;
  private readonly examine: (method: string, args: unknown[]) => void;

  constructor(conversation: object, lookup: ClassLookup) {
    this.limits = entryOf(conversation).state["limits"] as Limits;
    this.message = new UnsentMessage(conversation);
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

  addMedia(...args: [payload: MediaContent]): this {
    this.examine("addMedia", args);
    const [payload] = args;
    if (!isForm(payload) && (!payload.contentType || !payload.media)) {
      throw new Error("Media content in SendMediaOptions must contain non-empty contentType and media");
    }
    this.message.mediaContent.push(["media", payload]);
    return this;
  }

  setEmailBody(...args: [contentType: string, body: MediaContent]): this {
    this.examine("setEmailBody", args);
    this.emailBodies.set(...args);
    return this;
  }

  setEmailHistory(...args: [contentType: string, history: MediaContent]): this {
    this.examine("setEmailHistory", args);
    this.emailHistories.set(...args);
    return this;
  }

  setContentTemplate(...args: [contentSid: string, contentVariables?: ContentTemplateVariable[]]): this {
    this.examine("setContentTemplate", args);
    const [contentSid, contentVariables = []] = args;
    this.message.contentSid = contentSid;
    this.message.contentVariables = contentVariables;
    return this;
  }

  /** Tells `listener` how the uploads go (an addition to the official SDK). */
  onUploadProgress(...args: [listener: (progress: UploadProgress) => void]): this {
    if (typeof args[0] !== "function") throw new Error("onUploadProgress() takes a function");
    this.message.onUploadProgress = args[0];
    return this;
  }

  /** Throws for more than the service allows. Adds the parts of the e-mail: to be called once. */
  build(): UnsentMessage {
    const { limits, emailBodies, emailHistories } = this;
    const { mediaContent } = this.message;
    const parts: [name: string, plural: string, given: Map<string, MediaContent>, allowed: string[]][] = [
      ["body", "bodies", emailBodies, limits.emailBodiesAllowedContentTypes],
      ["history", "histories", emailHistories, limits.emailHistoriesAllowedContentTypes],
    ];
    for (const [name, plural, given, allowed] of parts) {
      for (const type of given.keys()) {
        if (!allowed.includes(type)) throw new Error(`Unsupported email ${name} content type ${type}`);
      }
      refuseMore(`email ${plural} attached to`, given.size, allowed.length);
    }
    refuseMore("media attachments in", mediaContent.length, limits.mediaAttachmentsCountLimit ?? Infinity);
    for (const body of emailBodies.values()) mediaContent.push(["body", body]);
    for (const history of emailHistories.values()) mediaContent.push(["history", history]);
    return this.message;
  }

  buildAndSend(): CancellablePromise<number | null> {
    return this.build().send();
  }
}

function refuseMore(what: string, count: number, most: number): void {
  if (count > most) throw new Error(`Too many ${what} the message (${count} > ${most})`);
}
