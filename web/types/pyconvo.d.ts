/**
 * Types of pyconvo for page authors: the API of the JavaScript SDK for Twilio Conversations 3.0.1, as far as this
 * version has it, and what is added to it (`runtime`, the option `emulator`).
 */

// ---------------------------------------------------------------------------------------------------- values

export type JSONValue = null | string | number | boolean | JSONObject | JSONArray;
export type JSONObject = { [x: string]: JSONValue };
export type JSONArray = JSONValue[];

/** State of the connection to the service. */
export type ConnectionState =
  | "unknown"
  | "disconnecting"
  | "disconnected"
  | "retrying"
  | "connecting"
  | "connected"
  | "denied"
  | "error";

/** Outcome of the start. */
export type State = "failed" | "initialized";

/** Why there is no connection. `terminal`: the client will not try again by itself. */
export interface ConnectionError {
  terminal: boolean;
  message: string;
  httpStatusCode?: number | null;
  errorCode?: number | null;
}

/** `description`, `status` and `body` are set when the service refused a request; Twilio's code is `body.code`. */
export interface ServiceError extends Error {
  status?: number;
  description?: string;
  body?: { code?: number; message?: string; status?: number };
}

export type ConversationStatus = "notParticipating" | "joined";
export type NotificationLevel = "default" | "muted";
export type ParticipantType = "chat" | "sms" | "whatsapp" | "email" | string;
export type MessageType = "text" | "media";
export type DeliveryAmount = "none" | "some" | "all";
export type DeliveryStatus = "sent" | "delivered" | "failed" | "read" | "undelivered" | "queued";
export type EmailRecipientLevel = "to" | "from" | "cc";
export type NotificationsChannelType = "twilsock" | "apn" | "fcm";
export type PushNotificationType =
  | "twilio.conversations.new_message"
  | "twilio.conversations.added_to_conversation"
  | "twilio.conversations.removed_from_conversation";
export type ParticipantEmailLevel = "to" | "cc";

export type ConversationUpdateReason =
  | "attributes"
  | "createdBy"
  | "dateCreated"
  | "dateUpdated"
  | "friendlyName"
  | "lastReadMessageIndex"
  | "state"
  | "status"
  | "uniqueName"
  | "lastMessage"
  | "notificationLevel"
  | "bindings";

export type ParticipantUpdateReason =
  | "attributes"
  | "dateCreated"
  | "dateUpdated"
  | "roleSid"
  | "lastReadMessageIndex"
  | "lastReadTimestamp"
  | "bindings";

export type MessageUpdateReason =
  | "body"
  | "lastUpdatedBy"
  | "dateCreated"
  | "dateUpdated"
  | "attributes"
  | "author"
  | "deliveryReceipt"
  | "subject"
  | "media";

export type UserUpdateReason = "friendlyName" | "attributes" | "reachabilityOnline" | "reachabilityNotifiable";

export interface ConversationUpdatedEventArgs {
  conversation: Conversation;
  updateReasons: ConversationUpdateReason[];
}

export interface ParticipantUpdatedEventArgs {
  participant: Participant;
  updateReasons: ParticipantUpdateReason[];
}

export interface MessageUpdatedEventArgs {
  message: Message;
  updateReasons: MessageUpdateReason[];
}

export interface UserUpdatedEventArgs {
  user: User;
  updateReasons: UserUpdateReason[];
}

export interface ConversationState {
  current: "active" | "inactive" | "closed";
  dateUpdated: Date;
}

export interface LastMessage {
  index?: number;
  dateCreated?: Date;
}

export interface ConversationEmailBinding {
  name?: string;
  projected_address: string;
}

export interface ConversationSmsBinding {
  address?: string;
}

export interface ConversationBindings {
  email?: ConversationEmailBinding;
  sms?: ConversationSmsBinding;
}

export interface ParticipantEmailBinding {
  name: string;
  address: string;
  level: ParticipantEmailLevel;
}

export interface ParticipantBindings {
  email?: ParticipantEmailBinding;
}

/** How to reach a participant that is added by an address. */
export interface ParticipantBindingOptions {
  email?: ParticipantEmailBinding;
}

/** Limits of messages; sizes in megabytes. */
export interface ConversationLimits {
  mediaAttachmentsCountLimit: number;
  mediaAttachmentSizeLimitInMb: number;
  mediaAttachmentsTotalSizeLimitInMb: number;
  emailHistoriesAllowedContentTypes: string[];
  emailBodiesAllowedContentTypes: string[];
}

export interface SendEmailOptions {
  subject?: string;
}

export interface CreateConversationOptions {
  attributes?: JSONValue;
  friendlyName?: string;
  uniqueName?: string;
  access?: string;
}

/** The service's description of a new participant. */
export interface ParticipantResponse {
  account_sid: string;
  chat_service_sid: string;
  conversation_sid: string;
  role_sid: string;
  sid: string;
  attributes: string;
  date_created: string;
  date_updated: string;
  identity: string;
  messaging_binding: { type: "chat" | "sms" | "whatsapp" | "email"; address: string; proxy_address: string } | null;
  url: string;
  links: { conversation: string };
}

export interface ClientOptions {
  /** Address of a local emulator, such as `http://127.0.0.1:8080` (an addition to the official options). */
  emulator?: string;
  region?: string;
  /** How many messages' channel metadata are kept. */
  channelMetadataCacheCapacity?: number;
  /** How many messages' recipients are kept. */
  messageRecipientsCacheCapacity?: number;
  logLevel?: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  productId?: string;
  typingIndicatorTimeoutOverride?: number;
  consumptionReportIntervalOverride?: string;
  httpCacheIntervalOverride?: string;
  userInfosToSubscribeOverride?: number;
  retryWhenThrottledOverride?: boolean;
  backoffConfigOverride?: Record<string, unknown>;
  Chat?: ClientOptions;
  IPMessaging?: ClientOptions;
  /**
   * `enableSessionStorage: false`: do not keep descriptions of the user's conversations in the page's
   * `sessionStorage`, from where a page that is reloaded opens them without asking.
   */
  Sync?: Record<string, unknown>;
  Notification?: Record<string, unknown>;
  Twilsock?: Record<string, unknown>;
  clientMetadata?: Record<string, unknown>;
  initRegistrations?: InitRegistration[];
  disableDeepClone?: boolean;
  typingUri?: string;
  apiUri?: string;
  /** `Client.create()` rejects when the client cannot start. */
  throwErrorsAlways?: boolean;
}

// --------------------------------------------------------------------------------------------------- emitter

type Listeners = Record<string, (...args: never[]) => void>;
type Names<Events> = Extract<keyof Events, string>;

/** Node's event emitter that remembers the last value of every event. */
declare class ReplayEventEmitter<Events extends { [event in keyof Events]: Listeners[string] }> {
  on<E extends Names<Events>>(event: E, listener: Events[E]): this;
  once<E extends Names<Events>>(event: E, listener: Events[E]): this;
  off<E extends Names<Events>>(event: E, listener: Events[E]): this;
  addListener<E extends Names<Events>>(event: E, listener: Events[E]): this;
  removeListener<E extends Names<Events>>(event: E, listener: Events[E]): this;
  removeAllListeners(event?: Names<Events>): this;
  prependListener<E extends Names<Events>>(event: E, listener: Events[E]): this;
  prependOnceListener<E extends Names<Events>>(event: E, listener: Events[E]): this;
  /** Calls the listener at once with the last value, if there was one, then adds it. */
  addListenerWithReplay<E extends Names<Events>>(event: E, listener: Events[E]): this;
  /** The same as `addListenerWithReplay`. */
  onWithReplay<E extends Names<Events>>(event: E, listener: Events[E]): this;
  /** Calls the listener once: now with the last value, if there was one, otherwise at the next event. */
  onceWithReplay<E extends Names<Events>>(event: E, listener: Events[E]): this;
  emit<E extends Names<Events>>(event: E, ...args: Parameters<Events[E]>): boolean;
  listenerCount(event: Names<Events>): number;
  listeners(event: Names<Events>): unknown[];
  rawListeners(event: Names<Events>): unknown[];
  eventNames(): (string | symbol)[];
  setMaxListeners(limit: number): this;
  getMaxListeners(): number;
}

// Its type alone: the SDK does not export the class.
export type { ReplayEventEmitter };

/** `cancel()` rejects it with Error "Promise was cancelled", if it is not settled. */
export declare class CancellablePromise<T> extends Promise<T> {
  constructor(
    executor: (
      resolve: (value: T | PromiseLike<T>) => void,
      reject: (reason?: string | Error) => void,
      onCancel: (cancellationFunction: () => void) => void,
    ) => void,
  );
  cancel(): this;
}

/** One page of many items; other pages are other objects. */
export interface Paginator<T> {
  items: T[];
  hasNextPage: boolean;
  hasPrevPage: boolean;
  /** Rejects when there is none. */
  nextPage(): Promise<Paginator<T>>;
  /** Rejects when there is none. */
  prevPage(): Promise<Paginator<T>>;
}

/** A page that the service itself cuts, such as that of {@link Conversation.getMessageRecipients}. */
export declare class RestPaginator<T> implements Paginator<T> {
  private constructor();
  get items(): T[];
  get hasNextPage(): boolean;
  get hasPrevPage(): boolean;
  nextPage(): Promise<RestPaginator<T>>;
  prevPage(): Promise<RestPaginator<T>>;
}

// ---------------------------------------------------------------------------------------------------- client

export interface ConversationEvents {
  participantJoined: (participant: Participant) => void;
  participantLeft: (participant: Participant) => void;
  participantUpdated: (data: ParticipantUpdatedEventArgs) => void;
  messageAdded: (message: Message) => void;
  messageRemoved: (message: Message) => void;
  messageUpdated: (data: MessageUpdatedEventArgs) => void;
  typingEnded: (participant: Participant) => void;
  typingStarted: (participant: Participant) => void;
  updated: (data: ConversationUpdatedEventArgs) => void;
  removed: (conversation: Conversation) => void;
}

export interface ClientEvents extends Omit<ConversationEvents, "updated" | "removed"> {
  conversationAdded: (conversation: Conversation) => void;
  conversationJoined: (conversation: Conversation) => void;
  conversationLeft: (conversation: Conversation) => void;
  conversationRemoved: (conversation: Conversation) => void;
  conversationUpdated: (data: ConversationUpdatedEventArgs) => void;
  tokenAboutToExpire: () => void;
  tokenExpired: () => void;
  userSubscribed: (user: User) => void;
  userUnsubscribed: (user: User) => void;
  userUpdated: (data: UserUpdatedEventArgs) => void;
  /** @deprecated Use `initialized` and `initFailed`. */
  stateChanged: (state: State) => void;
  initialized: () => void;
  initFailed: (data: { error?: ConnectionError }) => void;
  connectionStateChanged: (state: ConnectionState) => void;
  connectionError: (error: ConnectionError) => void;
  /** A notification that was given to {@link Client.handlePushNotification} or came over the connection. */
  pushNotification: (pushNotification: PushNotification) => void;
}

/** Which notifications a product wants over the connection. Made by other Twilio SDKs. */
export interface InitRegistration {
  product: string;
  type: string;
  notification_protocol_version: number;
  message_types: string[];
  populateInitRegistrations(types: string[]): void;
}

/** One user's connection. It starts to connect when it is made; calls wait until they can be answered. */
export declare class Client extends ReplayEventEmitter<ClientEvents> {
  static readonly version: string;
  static readonly conversationAdded: "conversationAdded";
  static readonly conversationJoined: "conversationJoined";
  static readonly conversationLeft: "conversationLeft";
  static readonly conversationRemoved: "conversationRemoved";
  static readonly conversationUpdated: "conversationUpdated";
  static readonly participantJoined: "participantJoined";
  static readonly participantLeft: "participantLeft";
  static readonly participantUpdated: "participantUpdated";
  static readonly messageAdded: "messageAdded";
  static readonly messageRemoved: "messageRemoved";
  static readonly messageUpdated: "messageUpdated";
  static readonly tokenAboutToExpire: "tokenAboutToExpire";
  static readonly tokenExpired: "tokenExpired";
  static readonly typingEnded: "typingEnded";
  static readonly typingStarted: "typingStarted";
  static readonly pushNotification: "pushNotification";
  static readonly userSubscribed: "userSubscribed";
  static readonly userUnsubscribed: "userUnsubscribed";
  static readonly userUpdated: "userUpdated";
  /** @deprecated Use `initialized` and `initFailed`. */
  static readonly stateChanged: "stateChanged";
  static readonly initialized: "initialized";
  static readonly initFailed: "initFailed";
  static readonly connectionStateChanged: "connectionStateChanged";
  static readonly connectionError: "connectionError";

  /** Throws for a token that is no text and for options that are no object. */
  constructor(token: string, options?: ClientOptions | null);
  /** @deprecated Use the constructor and the events `initialized` and `initFailed`. */
  static create(token: string, options?: ClientOptions | null): Promise<Client>;
  /** What a push notification of Twilio says. Throws for one that is not of Conversations. */
  static parsePushNotification(notificationPayload: any): PushNotification;
  /** Adds the types of notification that Conversations wants over the connection. */
  static populateInitRegistrations(reg: InitRegistration): void;

  readonly version: string;
  connectionState: ConnectionState;
  /** The own user; its identity is empty until the client is initialized. */
  get user(): User;
  /** Throws before the client is initialized. */
  get reachabilityEnabled(): boolean;
  /** @deprecated */
  get token(): string;

  shutdown(): Promise<void>;
  updateToken(token: string): Promise<Client>;
  getConversationBySid(conversationSid: string): Promise<Conversation>;
  peekConversationBySid(conversationSid: string): Promise<Conversation>;
  getConversationByUniqueName(uniqueName: string): Promise<Conversation>;
  getSubscribedConversations(): Promise<Paginator<Conversation>>;
  createConversation(options?: CreateConversationOptions): Promise<Conversation>;
  getUser(identity: string): Promise<User>;
  getSubscribedUsers(): Promise<Array<User>>;
  getContentTemplates(): Promise<Readonly<ContentTemplate[]>>;
  /** Registers a device for push; `registrationId` is the device token of FCM or APN. */
  setPushRegistrationId(channelType: NotificationsChannelType, registrationId: string): Promise<void>;
  unsetPushRegistrationId(channelType: NotificationsChannelType): Promise<void>;
  /** Ends a registration on the service, also one of another session of this device. */
  removePushRegistrations(channelType: NotificationsChannelType, registrationId: string): Promise<void>;
  /** The same as the static one. */
  parsePushNotification: typeof Client.parsePushNotification;
  /** Reads the payload and emits `pushNotification`. */
  handlePushNotification(notificationPayload: any): Promise<void>;
  /** Temporary addresses by sid of the medium. */
  getTemporaryContentUrlsForMedia(contentSet: Media[]): CancellablePromise<Map<string, string>>;
  getTemporaryContentUrlsForMediaSids(mediaSids: string[]): CancellablePromise<Map<string, string>>;
}

// ---------------------------------------------------------------------------------------------- conversation

export declare class Conversation extends ReplayEventEmitter<ConversationEvents> {
  static readonly participantJoined: "participantJoined";
  static readonly participantLeft: "participantLeft";
  static readonly participantUpdated: "participantUpdated";
  static readonly messageAdded: "messageAdded";
  static readonly messageRemoved: "messageRemoved";
  static readonly messageUpdated: "messageUpdated";
  static readonly typingEnded: "typingEnded";
  static readonly typingStarted: "typingStarted";
  static readonly updated: "updated";
  static readonly removed: "removed";

  private constructor();
  get sid(): string;
  get uniqueName(): string | null;
  get status(): ConversationStatus;
  get friendlyName(): string | null;
  get dateUpdated(): Date | null;
  get dateCreated(): Date | null;
  get createdBy(): string;
  get attributes(): JSONValue;
  /** Null while nothing is marked as read. */
  get lastReadMessageIndex(): number | null;
  get lastMessage(): LastMessage | undefined;
  get notificationLevel(): NotificationLevel;
  get bindings(): ConversationBindings;
  get limits(): ConversationLimits;
  get state(): ConversationState | undefined;

  add(identity: string, attributes?: JSONValue): Promise<ParticipantResponse>;
  /** Adds somebody by an address (telephone number, e-mail). `proxyAddress`: the address of Twilio's side. */
  addNonChatParticipant(
    proxyAddress: string,
    address: string,
    attributes?: JSONValue,
    bindingOptions?: ParticipantBindingOptions,
  ): Promise<ParticipantResponse>;
  advanceLastReadMessageIndex(index: number): Promise<number>;
  delete(): Promise<Conversation>;
  getAttributes(): Promise<JSONValue>;
  getMessages(pageSize?: number, anchor?: number, direction?: "backwards" | "forward"): Promise<Paginator<Message>>;
  getParticipants(): Promise<Participant[]>;
  getParticipantsCount(): Promise<number>;
  getParticipantBySid(participantSid: string): Promise<Participant | null>;
  getParticipantByIdentity(identity?: string | null): Promise<Participant | null>;
  getMessagesCount(): Promise<number>;
  /** Of all e-mail messages, page by page. */
  getMessageRecipients(options?: { pageSize?: number }): Promise<Paginator<RecipientDescriptor>>;
  /** Null while nothing is marked as read. */
  getUnreadMessagesCount(): Promise<number | null>;
  join(): Promise<Conversation>;
  leave(): Promise<Conversation>;
  removeParticipant(participant: string | Participant): Promise<void>;
  /** Resolves with the index of the new message. A medium is uploaded first. */
  sendMessage(
    message: null | string | FormData | SendMediaOptions,
    messageAttributes?: JSONValue,
    emailOptions?: SendEmailOptions,
  ): Promise<number>;
  prepareMessage(): MessageBuilder;
  setAllMessagesRead(): Promise<number>;
  setAllMessagesUnread(): Promise<number>;
  setUserNotificationLevel(notificationLevel: NotificationLevel): Promise<void>;
  typing(): Promise<void>;
  updateAttributes(attributes: JSONValue): Promise<Conversation>;
  updateFriendlyName(friendlyName: string): Promise<Conversation>;
  updateLastReadMessageIndex(index: number | null): Promise<number>;
  updateUniqueName(uniqueName: string | null): Promise<Conversation>;
}

export interface ParticipantEvents {
  typingEnded: (participant: Participant) => void;
  typingStarted: (participant: Participant) => void;
  updated: (data: ParticipantUpdatedEventArgs) => void;
}

export declare class Participant extends ReplayEventEmitter<ParticipantEvents> {
  static readonly typingStarted: "typingStarted";
  static readonly typingEnded: "typingEnded";
  static readonly updated: "updated";

  private constructor();
  readonly conversation: Conversation;
  get sid(): string;
  get attributes(): JSONValue;
  get dateCreated(): Date | null;
  get dateUpdated(): Date | null;
  get identity(): string | null;
  get isTyping(): boolean;
  get lastReadMessageIndex(): number | null;
  get lastReadTimestamp(): Date | null;
  get roleSid(): string;
  get type(): ParticipantType;
  get bindings(): ParticipantBindings;

  getUser(): Promise<User>;
  remove(): Promise<void>;
  updateAttributes(attributes: JSONValue): Promise<Participant>;
}

export interface MessageEvents {
  updated: (data: MessageUpdatedEventArgs) => void;
}

export declare class Message extends ReplayEventEmitter<MessageEvents> {
  static readonly updated: "updated";

  private constructor();
  get conversation(): Conversation;
  get sid(): string;
  get author(): string | null;
  get subject(): string | null;
  get contentSid(): string | null;
  get body(): string | null;
  get dateUpdated(): Date | null;
  get index(): number;
  get lastUpdatedBy(): string | null;
  get dateCreated(): Date | null;
  get attributes(): JSONValue;
  get type(): MessageType;
  get participantSid(): string | null;
  get aggregatedDeliveryReceipt(): AggregatedDeliveryReceipt | null;
  /** @deprecated Use `attachedMedia`. */
  get media(): Media | null;
  /** Without an e-mail's body and history. */
  get attachedMedia(): Array<Media> | null;

  /** @deprecated Use `getMediaByCategories`. */
  getMediaByCategory(categories: Array<MediaCategory>): Array<Media> | null;
  getMediaByCategories(categories: MediaCategory[]): Media[] | null;
  /** Of this content type, by default `text/plain`. */
  getEmailBody(type?: string): Media | null;
  getEmailHistory(type?: string): Media | null;
  /** @deprecated Use `getTemporaryContentUrlsForMedia`. */
  attachTemporaryUrlsFor(contentSet: Media[] | null): Promise<Media[]>;
  /** Temporary addresses by sid of the medium. */
  getTemporaryContentUrlsForMedia(contentSet: Media[]): CancellablePromise<Map<string, string>>;
  getTemporaryContentUrlsForMediaSids(mediaSids: string[]): CancellablePromise<Map<string, string>>;
  getTemporaryContentUrlsForAttachedMedia(): CancellablePromise<Map<string, string>>;
  getParticipant(): Promise<Participant>;
  /** One for each participant on another channel. */
  getDetailedDeliveryReceipts(): Promise<DetailedDeliveryReceipt[]>;
  /** What the message's content template says; null without a template. */
  getContentData(): CancellablePromise<ContentData | null>;
  getChannelMetadata(): Promise<ChannelMetadata | null>;
  getMessageRecipients(): Promise<RecipientDescriptor[]>;
  remove(): Promise<Message>;
  updateBody(body: string): Promise<Message>;
  updateAttributes(attributes: JSONValue): Promise<Message>;
}

/** An attachment, or an e-mail's body or history. */
export type MediaCategory = "media" | "body" | "history";

/** One medium to upload. */
export interface SendMediaOptions {
  /** The MIME type. */
  contentType: null | string;
  filename?: string;
  media: null | string | Blob | Uint8Array | ArrayBuffer;
}

/** A file of a message. */
export declare class Media {
  private constructor();
  get sid(): string;
  get filename(): string | null;
  get contentType(): string;
  /** In bytes. */
  get size(): number;
  get category(): MediaCategory;
  /** A fresh address of the content, which works without a token for some minutes. */
  getContentTemporaryUrl(): CancellablePromise<string | null>;
}

export declare class AggregatedDeliveryReceipt {
  private constructor();
  get total(): number;
  get sent(): DeliveryAmount;
  get delivered(): DeliveryAmount;
  get read(): DeliveryAmount;
  get undelivered(): DeliveryAmount;
  get failed(): DeliveryAmount;
}

/** What became of a message on the way to one participant. */
export declare class DetailedDeliveryReceipt {
  private constructor();
  sid: string;
  messageSid: string;
  conversationSid: string;
  channelMessageSid: string;
  participantSid: string;
  status: DeliveryStatus;
  /** 0 without an error. */
  errorCode: string | 0;
  /** As the service writes it. */
  dateCreated: string;
  dateUpdated: string;
}

/** What the channel (such as WhatsApp) tells about a message. */
export declare class ChannelMetadata {
  private constructor();
  readonly type: string;
  readonly data: unknown;
}

export type RecipientDescriptor = EmailRecipientDescriptor | UnknownRecipientDescriptor;

export declare class EmailRecipientDescriptor {
  private constructor();
  readonly type: "email";
  readonly messageSid: string;
  readonly level: EmailRecipientLevel;
  readonly name: string;
  readonly address: string;
}

/** A recipient of a kind that this version does not know. */
export declare class UnknownRecipientDescriptor {
  private constructor();
  readonly type: string;
  readonly messageSid: string;
  /** JSON, as the service sent it. */
  readonly rawData: string;
}

// --------------------------------------------------------------------------------------------------- content

/** `rawData` of all of these: JSON, as the service sent it. */
export type ContentDataActionUrl = {
  readonly type: "url";
  readonly title: string;
  readonly url: string;
  readonly rawData: string;
};

export type ContentDataActionPhone = {
  readonly type: "phone";
  readonly title: string;
  readonly phone: string;
  readonly rawData: string;
};

export type ContentDataActionReply = {
  readonly type: "reply";
  readonly title: string;
  readonly id?: string;
  readonly index: number;
  readonly rawData: string;
};

/** An action of a kind that this version does not know. */
export type ContentDataActionOther = {
  readonly type: "other";
  readonly rawData: string;
};

export type ContentDataAction =
  | ContentDataActionUrl
  | ContentDataActionPhone
  | ContentDataActionReply
  | ContentDataActionOther;

export type ContentDataReply = {
  readonly title: string;
  readonly id?: string;
};

export type ContentDataListItem = {
  readonly id: string;
  readonly item: string;
  readonly description?: string;
};

export type ContentDataText = {
  readonly type: "text";
  readonly body: string;
  readonly rawData: string;
};

export type ContentDataMedia = {
  readonly type: "media";
  readonly body?: string;
  readonly media: string[];
  readonly rawData: string;
};

export type ContentDataLocation = {
  readonly type: "location";
  readonly longitude: number;
  readonly latitude: number;
  readonly label?: string;
  readonly rawData: string;
};

export type ContentDataQuickReply = {
  readonly type: "quickReply";
  readonly body: string;
  readonly replies: ContentDataReply[];
  readonly rawData: string;
};

export type ContentDataCallToAction = {
  readonly type: "callToAction";
  readonly body: string;
  readonly actions: ContentDataAction[];
  readonly rawData: string;
};

export type ContentDataListPicker = {
  readonly type: "listPicker";
  readonly body: string;
  readonly button: string;
  readonly items: ContentDataListItem[];
  readonly rawData: string;
};

export type ContentDataCard = {
  readonly type: "card";
  readonly title: string;
  readonly subtitle?: string;
  readonly media: string[];
  readonly actions: ContentDataAction[];
  readonly rawData: string;
};

/** Content of a kind that this version does not know. */
export type ContentDataOther = {
  readonly type: "other";
  readonly rawData: string;
};

export type ContentData =
  | ContentDataText
  | ContentDataMedia
  | ContentDataLocation
  | ContentDataQuickReply
  | ContentDataCallToAction
  | ContentDataListPicker
  | ContentDataCard
  | ContentDataOther;

/** A place in a template, and what stands there. */
export declare class ContentTemplateVariable {
  readonly name: string;
  readonly value: string;
  constructor(name: string, value: string);
  /** Another one with the same name. */
  copyWithValue(value: string): ContentTemplateVariable;
}

export declare class ContentTemplate {
  private constructor();
  readonly sid: string;
  readonly friendlyName: string;
  /** With their default values. */
  readonly variables: ContentTemplateVariable[];
  /** By content type, such as `twilio/text`. */
  readonly variants: Map<string, ContentData>;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
}

// --------------------------------------------------------------------------------------------------- sending

/**
 * How far the media of a message are: `loaded` of `total` bytes of medium `index` (from 0) of `count` have left.
 * An addition to the official SDK.
 */
export interface UploadProgress {
  category: MediaCategory;
  index: number;
  count: number;
  loaded: number;
  total: number;
}

export declare class UnsentMessage {
  /** Told how the uploads go. An addition to the official SDK. */
  onUploadProgress: ((progress: UploadProgress) => void) | null;
  private constructor();
  text?: string;
  attributes: JSONValue;
  mediaContent: [MediaCategory, FormData | SendMediaOptions][];
  emailOptions: SendEmailOptions;
  contentSid?: string;
  contentVariables?: ContentTemplateVariable[];
  /** Resolves with the index of the new message. */
  send(): CancellablePromise<number | null>;
}

export declare class MessageBuilder {
  private constructor();
  setBody(text: string): MessageBuilder;
  setSubject(subject: string): MessageBuilder;
  setAttributes(attributes: JSONValue): MessageBuilder;
  addMedia(payload: FormData | SendMediaOptions): MessageBuilder;
  /** One for each content type that the service allows. */
  setEmailBody(contentType: string, body: FormData | SendMediaOptions): MessageBuilder;
  setEmailHistory(contentType: string, history: FormData | SendMediaOptions): MessageBuilder;
  /** A template instead of a body; variables that are not given keep their defaults. */
  setContentTemplate(contentSid: string, contentVariables?: ContentTemplateVariable[]): MessageBuilder;
  /** Throws when there is more than the service allows. Call it once. */
  /** Tell `listener` how the uploads go. An addition to the official SDK. */
  onUploadProgress(listener: (progress: UploadProgress) => void): MessageBuilder;
  build(): UnsentMessage;
  buildAndSend(): CancellablePromise<number | null>;
}

export interface UserEvents {
  updated: (data: UserUpdatedEventArgs) => void;
  userSubscribed: (user: User) => void;
  userUnsubscribed: (user: User) => void;
}

export declare class User extends ReplayEventEmitter<UserEvents> {
  readonly updated: "updated";
  readonly userSubscribed: "userSubscribed";
  readonly userUnsubscribed: "userUnsubscribed";

  private constructor();
  get identity(): string;
  get attributes(): JSONValue;
  get friendlyName(): string | null;
  get isOnline(): boolean | null;
  get isNotifiable(): boolean | null;
  get isSubscribed(): boolean;

  updateAttributes(attributes: JSONValue): Promise<User>;
  updateFriendlyName(friendlyName: string): Promise<User>;
  unsubscribe(): Promise<void>;
}

// ------------------------------------------------------------------------------------------------------ push

/** The types of notification that the service sends. */
export declare class NotificationTypes {
  static readonly TYPING_INDICATOR: "twilio.ipmsg.typing_indicator";
  static readonly NEW_MESSAGE: "twilio.conversations.new_message";
  static readonly ADDED_TO_CONVERSATION: "twilio.conversations.added_to_conversation";
  static readonly REMOVED_FROM_CONVERSATION: "twilio.conversations.removed_from_conversation";
  static readonly CONSUMPTION_UPDATE: "twilio.channel.consumption_update";
}

/** A push notification before it is read. */
export interface PushNotificationDescriptor {
  title: string | null;
  body: string | null;
  sound: string | null;
  badge: number | null;
  action: string | null;
  type: PushNotificationType;
  data: Record<string, unknown>;
}

/** What it concerns; which of these are there depends on its type. */
export interface PushNotificationData {
  conversationSid?: string;
  conversationTitle?: string;
  messageIndex?: number;
  messageSid?: string;
  media?: Media;
  mediaCount?: number;
}

export declare class PushNotification {
  private constructor();
  readonly title: string | null;
  readonly body: string | null;
  /** Name of the sound that the application plays. */
  readonly sound: string | null;
  /** For the icon of the application. */
  readonly badge: number | null;
  /** What a click does. */
  readonly action: string | null;
  readonly type: PushNotificationType;
  readonly data: PushNotificationData;
}

// --------------------------------------------------------------------------------------------------- runtime

/** Why the core did not start, or stopped. `file`: the runtime file concerned. */
export interface PyconvoBootError extends Error {
  readonly name: "PyconvoBootError";
  readonly reason: "integrity" | "policy" | "wasm" | "network" | "timeout" | "memory" | "environment" | "core";
  readonly file: string | undefined;
}

/** The core's start (an addition to the official SDK). */
export interface Runtime {
  readonly version: string;
  readonly state: "idle" | "loading" | "starting" | "ready" | "failed";
  /** Bytes that have arrived, before compression. */
  readonly progress: { readonly loaded: number; readonly total: number };
  /** Rejects with a `PyconvoBootError`. */
  readonly ready: Promise<void>;
  /** Calls back after every change of `state` or `progress`; returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** Where and how to start; only before the start, or after one that has failed. */
  configure(changes: {
    url?: string;
    thread?: "worker" | "main";
    /** Seconds in which something more has to come while it loads, and that starting may take. */
    timeout?: number;
    lazy?: boolean;
    keep?: boolean;
    start?: "snapshot" | "compiled" | "plain";
  }): void;
  /** Starts now instead of with the first client. */
  start(): Promise<unknown>;
}

export declare const runtime: Runtime;

declare global {
  /** What the script tag defines. */
  namespace Twilio {
    const Conversations: typeof import("./pyconvo.js");
  }
}
