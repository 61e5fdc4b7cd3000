/**
 * Compiled, never run, once against the official declarations and once against ours: every member, as page authors use
 * it. The values are named after their types, so that a test can tell which member is missing here.
 */

import {
  AggregatedDeliveryReceipt, CancellablePromise, ChannelMetadata, Client, ContentTemplate, ContentTemplateVariable,
  Conversation, DetailedDeliveryReceipt, EmailRecipientDescriptor, Media, Message, MessageBuilder, NotificationTypes,
  Participant, PushNotification, RestPaginator, UnknownRecipientDescriptor, UnsentMessage, User,
} from "@twilio/conversations";
import type {
  ClientOptions, ConnectionState, ContentData, ContentDataAction, ContentDataActionOther, ContentDataActionPhone,
  ContentDataActionReply, ContentDataActionUrl, ContentDataCallToAction, ContentDataCard, ContentDataListItem,
  ContentDataListPicker, ContentDataLocation, ContentDataMedia, ContentDataOther, ContentDataQuickReply,
  ContentDataReply, ContentDataText, ConversationBindings, ConversationEmailBinding, ConversationLimits,
  ConversationState, ConversationStatus, ConversationUpdatedEventArgs, ConversationUpdateReason,
  CreateConversationOptions, DeliveryAmount, DeliveryStatus, EmailRecipientLevel, JSONArray, JSONObject, JSONValue,
  LastMessage, MediaCategory, MessageType, MessageUpdatedEventArgs, MessageUpdateReason, NotificationLevel,
  NotificationsChannelType, Paginator, ParticipantBindingOptions, ParticipantBindings, ParticipantEmailBinding,
  ParticipantEmailLevel, ParticipantType, ParticipantUpdatedEventArgs, ParticipantUpdateReason, PushNotificationData,
  PushNotificationDescriptor, PushNotificationType, RecipientDescriptor, SendEmailOptions, SendMediaOptions, State,
  UserUpdatedEventArgs, UserUpdateReason,
} from "@twilio/conversations";

declare function text(value: string): void;
declare function number(value: number): void;
declare function flag(value: boolean): void;
declare function moment(value: Date): void;
declare function json(value: JSONValue): void;

export async function clients(token: string, clientOptions: ClientOptions): Promise<void> {
  const client = new Client(token, clientOptions);
  const created: Client = await Client.create(token, null);
  text(created.token + client.version + Client.version + client.token);
  const connectionState: ConnectionState = client.connectionState;
  flag(connectionState === "connected" || connectionState === "denied");
  flag(client.reachabilityEnabled);
  const user: User = client.user;
  const updated: Client = await client.updateToken(token);
  const bySid: Conversation = await updated.getConversationBySid("CH");
  flag(bySid === (await client.getConversationBySid("CH")) || bySid === (await client.peekConversationBySid("CH")));
  text((await client.getConversationByUniqueName("room")).sid);
  const paginator: Paginator<Conversation> = await client.getSubscribedConversations();
  flag(paginator.hasNextPage || paginator.hasPrevPage);
  text([...paginator.items, ...(await paginator.nextPage()).items, ...(await paginator.prevPage()).items][0]!.sid);
  const createConversationOptions: CreateConversationOptions = { access: "private" };
  createConversationOptions.attributes = { a: [1, "b", null, true] };
  createConversationOptions.friendlyName = createConversationOptions.uniqueName;
  createConversationOptions.access = undefined;
  text((await client.createConversation(createConversationOptions)).createdBy);
  const users: User[] = [user, await client.getUser("bob"), ...(await client.getSubscribedUsers())];
  const templates: readonly ContentTemplate[] = await client.getContentTemplates();
  const channel: NotificationsChannelType = "fcm";
  await client.setPushRegistrationId(channel, "device").then(() => client.unsetPushRegistrationId("apn"));
  await client.removePushRegistrations("twilsock", "device");
  await client.handlePushNotification({ data: {} });
  const parsed: PushNotification = Client.parsePushNotification({ data: {} });
  flag(client.parsePushNotification({}).type === parsed.type);
  Client.populateInitRegistrations(clientOptions.initRegistrations![0]!);
  const urls: CancellablePromise<Map<string, string>> = client.getTemporaryContentUrlsForMediaSids(["ME"]);
  urls.cancel().catch(() => number(users.length + templates.length));
  for (const [sid, url] of await client.getTemporaryContentUrlsForMedia([])) text(sid + url);
  await client.shutdown();
}

export function options(clientOptions: ClientOptions): void {
  clientOptions.logLevel = "silent";
  clientOptions.channelMetadataCacheCapacity = clientOptions.messageRecipientsCacheCapacity = 10;
  clientOptions.region = clientOptions.productId = clientOptions.typingUri = clientOptions.apiUri = "x";
  clientOptions.typingIndicatorTimeoutOverride = clientOptions.userInfosToSubscribeOverride = 5;
  clientOptions.consumptionReportIntervalOverride = clientOptions.httpCacheIntervalOverride = "PT5S";
  clientOptions.retryWhenThrottledOverride = clientOptions.disableDeepClone = clientOptions.throwErrorsAlways = true;
  clientOptions.backoffConfigOverride = clientOptions.Sync = clientOptions.Notification = clientOptions.Twilsock = { a: 1 };
  clientOptions.clientMetadata = { app: "x" };
  clientOptions.Chat = clientOptions.IPMessaging = { region: "us1" };
  clientOptions.initRegistrations = [];
}

export function clientEvents(client: Client): void {
  const seen = (conversation: Conversation): void => text(conversation.sid);
  client.on("conversationAdded", seen).on(Client.conversationAdded, seen).once(Client.conversationJoined, seen);
  client.addListener(Client.conversationLeft, seen).prependListener(Client.conversationRemoved, seen);
  client.on(Client.conversationUpdated, ({ conversation, updateReasons }) => {
    const reasons: ConversationUpdateReason[] = updateReasons;
    text(conversation.sid + reasons.join());
  });
  for (const event of [Client.participantJoined, Client.participantLeft, Client.typingStarted, Client.typingEnded] as const) {
    client.on(event, (participant: Participant) => text(participant.sid));
  }
  client.on(Client.participantUpdated, (participantUpdatedEventArgs: ParticipantUpdatedEventArgs) => {
    const reasons: ParticipantUpdateReason[] = participantUpdatedEventArgs.updateReasons;
    text(participantUpdatedEventArgs.participant.sid + reasons.join());
  });
  client.on(Client.messageAdded, (message: Message) => text(message.sid));
  client.on(Client.messageRemoved, ({ index }) => number(index));
  client.on(Client.messageUpdated, (messageUpdatedEventArgs: MessageUpdatedEventArgs) => {
    const reasons: MessageUpdateReason[] = messageUpdatedEventArgs.updateReasons;
    text(messageUpdatedEventArgs.message.sid + reasons.join());
  });
  client.on(Client.tokenAboutToExpire, () => undefined).on(Client.tokenExpired, () => undefined);
  client.on(Client.pushNotification, (pushNotification) => text(pushNotification.type));
  client.on(Client.userSubscribed, (user) => text(user.identity)).on(Client.userUnsubscribed, ({ identity }) => text(identity));
  client.on(Client.userUpdated, (userUpdatedEventArgs: UserUpdatedEventArgs) => {
    const reasons: UserUpdateReason[] = userUpdatedEventArgs.updateReasons;
    text(userUpdatedEventArgs.user.identity + reasons.join());
  });
  client.on(Client.stateChanged, (state: State) => flag(state === "initialized" || state === "failed"));
  client.onWithReplay(Client.initialized, () => undefined);
  client.onceWithReplay(Client.initFailed, ({ error }) => text(error?.message ?? `${error?.terminal}`));
  client.addListenerWithReplay(Client.connectionStateChanged, (state: ConnectionState) => text(state));
  client.prependOnceListener(Client.connectionError, ({ terminal, message }: { terminal: boolean; message: string }) => text(terminal + message));
  client.off("conversationAdded", seen).removeListener("conversationAdded", seen).removeAllListeners("initialized");
  number(client.setMaxListeners(20).getMaxListeners() + client.listenerCount("initialized") + client.eventNames().length);
  number(client.listeners("initialized").length + client.rawListeners("initialized").length);
  flag(client.emit("initialized"));
}

export async function conversations(conversation: Conversation): Promise<void> {
  text(conversation.sid + (conversation.uniqueName ?? "") + (conversation.friendlyName ?? "") + conversation.createdBy);
  const conversationStatus: ConversationStatus = conversation.status;
  flag(conversationStatus === "joined" || conversationStatus === "notParticipating");
  moment(conversation.dateUpdated ?? conversation.dateCreated ?? new Date());
  json(conversation.attributes);
  number(conversation.lastReadMessageIndex ?? 0);
  const lastMessage: LastMessage | undefined = conversation.lastMessage;
  moment(lastMessage?.dateCreated ?? new Date(lastMessage?.index ?? 0));
  const notificationLevel: NotificationLevel = conversation.notificationLevel;
  flag(notificationLevel === "muted");
  const conversationBindings: ConversationBindings = conversation.bindings;
  const conversationEmailBinding: ConversationEmailBinding | undefined = conversationBindings.email;
  text((conversationEmailBinding?.name ?? "") + conversationEmailBinding?.projected_address + conversationBindings.sms?.address);
  const conversationLimits: ConversationLimits = conversation.limits;
  number(conversationLimits.mediaAttachmentsCountLimit + conversationLimits.mediaAttachmentSizeLimitInMb);
  number(conversationLimits.mediaAttachmentsTotalSizeLimitInMb);
  text([...conversationLimits.emailBodiesAllowedContentTypes, ...conversationLimits.emailHistoriesAllowedContentTypes].join());
  const conversationState: ConversationState | undefined = conversation.state;
  flag(conversationState?.current === "closed");
  moment(conversationState?.dateUpdated ?? new Date());

  const added = await conversation.add("bob", { a: 1 });
  text(added.sid + added.role_sid + added.links.conversation + added.messaging_binding?.proxy_address);
  const participantBindingOptions: ParticipantBindingOptions = { email: { name: "Bob", address: "b@x", level: "to" } };
  text((await conversation.addNonChatParticipant("+1", "+2", {}, participantBindingOptions)).identity);
  text(participantBindingOptions.email!.name);
  number((await conversation.advanceLastReadMessageIndex(1)) + (await conversation.updateLastReadMessageIndex(null)));
  json(await conversation.getAttributes());
  const messages: Paginator<Message> = await conversation.getMessages(30, 5, "backwards");
  number(messages.items.length + (await conversation.getMessagesCount()) + ((await conversation.getUnreadMessagesCount()) ?? 0));
  const participants: Participant[] = await conversation.getParticipants();
  number(participants.length + (await conversation.getParticipantsCount()));
  const participant = (await conversation.getParticipantBySid("MB")) ?? (await conversation.getParticipantByIdentity(null));
  await conversation.removeParticipant(participant!).then(() => conversation.removeParticipant("MB"));
  const again: Conversation = await conversation.join();
  flag(again === (await conversation.leave()));
  const form = new FormData();
  const sendMediaOptions: SendMediaOptions = { contentType: "image/png", media: new Blob([]) };
  text(sendMediaOptions.contentType! + (sendMediaOptions.filename ?? "") + typeof sendMediaOptions.media);
  const sendEmailOptions: SendEmailOptions = { subject: "s" };
  text(sendEmailOptions.subject!);
  number((await again.sendMessage("hello", { a: 1 }, sendEmailOptions)) + (await conversation.sendMessage(form)));
  number((await conversation.sendMessage(sendMediaOptions)) + (await conversation.sendMessage(null)));
  const messageBuilder: MessageBuilder = conversation.prepareMessage();
  messageBuilder.setBody("b").setSubject("s").addMedia(form).addMedia(sendMediaOptions);
  messageBuilder.setSubject("s").setAttributes({});
  messageBuilder.setAttributes([]).setBody("b");
  messageBuilder.addMedia(form);
  messageBuilder.setEmailBody("text/plain", form).setEmailHistory("text/html", sendMediaOptions);
  messageBuilder.setEmailHistory("text/plain", form);
  messageBuilder.setContentTemplate("HX", [new ContentTemplateVariable("1", "x")]);
  const index: CancellablePromise<number | null> = messageBuilder.buildAndSend();
  number((await index.cancel()) ?? 0);
  const unsentMessage: UnsentMessage = messageBuilder.build();
  text((unsentMessage.text ?? "") + (unsentMessage.contentSid ?? "") + unsentMessage.emailOptions.subject);
  json(unsentMessage.attributes);
  const [category, medium]: [MediaCategory, FormData | SendMediaOptions] = unsentMessage.mediaContent[0]!;
  flag(category === "media" && medium instanceof FormData && unsentMessage.contentVariables?.[0]?.name === "1");
  number((await unsentMessage.send()) ?? 0);
  number((await conversation.setAllMessagesRead()) + (await conversation.setAllMessagesUnread()));
  await conversation.setUserNotificationLevel("default").then(() => conversation.typing());
  await (await (await conversation.updateAttributes([1])).updateFriendlyName("x")).updateUniqueName(null);
  await conversation.updateAttributes(null).then(() => conversation.updateFriendlyName("y"));
  await conversation.updateUniqueName("z");
  const recipients: Paginator<RecipientDescriptor> = await conversation.getMessageRecipients({ pageSize: 5 });
  text(recipients.items[0]!.messageSid);
  await conversation.delete();
}

export function conversationEvents(conversation: Conversation): void {
  for (const event of [Conversation.participantJoined, Conversation.participantLeft] as const) {
    conversation.on(event, (participant) => text(participant.sid));
  }
  conversation.on(Conversation.typingStarted, ({ sid }) => text(sid)).on(Conversation.typingEnded, ({ sid }) => text(sid));
  conversation.on(Conversation.participantUpdated, ({ participant, updateReasons }) => text(participant.sid + updateReasons[0]));
  conversation.on(Conversation.messageAdded, ({ body }) => text(body ?? "")).on(Conversation.messageRemoved, ({ sid }) => text(sid));
  conversation.on(Conversation.messageUpdated, ({ message, updateReasons }) => text(message.sid + updateReasons[0]));
  conversation.on(Conversation.updated, (conversationUpdatedEventArgs: ConversationUpdatedEventArgs) => {
    flag(conversationUpdatedEventArgs.conversation === conversation);
    flag(conversationUpdatedEventArgs.updateReasons.includes("lastMessage"));
  });
  conversation.on(Conversation.removed, (gone) => flag(gone === conversation));
}

export async function messages(message: Message): Promise<void> {
  const conversation: Conversation = message.conversation;
  text(conversation.sid + message.sid + (message.author ?? message.subject ?? message.contentSid ?? message.body ?? ""));
  moment(message.dateUpdated ?? message.dateCreated ?? new Date());
  number(message.index);
  text(message.lastUpdatedBy ?? message.participantSid ?? "");
  json(message.attributes);
  const messageType: MessageType = message.type;
  flag(messageType === "media");
  const attached: Media[] = message.attachedMedia ?? (message.media ? [message.media] : []);
  const media: Media = message.getMediaByCategory(["media"])?.[0] ?? message.getMediaByCategories(["body", "history"])![0]!;
  const email = message.getEmailBody() ?? message.getEmailHistory("text/html");
  text(media.sid + (media.filename ?? "") + media.contentType + media.category + email?.sid);
  number(media.size + attached.length);
  text((await media.getContentTemporaryUrl()) ?? "");
  const aggregatedDeliveryReceipt: AggregatedDeliveryReceipt | null = message.aggregatedDeliveryReceipt;
  if (aggregatedDeliveryReceipt !== null) {
    const amounts: DeliveryAmount[] = [
      aggregatedDeliveryReceipt.sent, aggregatedDeliveryReceipt.delivered, aggregatedDeliveryReceipt.read,
      aggregatedDeliveryReceipt.undelivered, aggregatedDeliveryReceipt.failed,
    ];
    number(aggregatedDeliveryReceipt.total + amounts.filter((amount) => amount === "all").length);
  }
  for (const detailedDeliveryReceipt of await message.getDetailedDeliveryReceipts()) receipts(detailedDeliveryReceipt);
  const participant: Participant = await message.getParticipant();
  text(participant.sid);
  await message.attachTemporaryUrlsFor(null);
  const urls = await message.getTemporaryContentUrlsForMedia(attached);
  number(urls.size + (await message.getTemporaryContentUrlsForMediaSids([])).size);
  number((await message.getTemporaryContentUrlsForAttachedMedia()).size);
  const content: ContentData | null = await message.getContentData();
  if (content !== null) text(contents(content));
  const channelMetadata: ChannelMetadata | null = await message.getChannelMetadata();
  text(`${channelMetadata?.type} ${channelMetadata?.data}`);
  for (const recipient of await message.getMessageRecipients()) recipients(recipient);
  message.on(Message.updated, ({ message: same, updateReasons }) => flag(same === message && updateReasons.includes("body")));
  await (await (await message.updateBody("x")).updateAttributes({})).remove();
  await message.updateAttributes("x").then(() => message.remove());
}

function receipts(detailedDeliveryReceipt: DetailedDeliveryReceipt): void {
  text(detailedDeliveryReceipt.sid + detailedDeliveryReceipt.messageSid + detailedDeliveryReceipt.conversationSid);
  text(detailedDeliveryReceipt.channelMessageSid + detailedDeliveryReceipt.participantSid);
  const deliveryStatus: DeliveryStatus = detailedDeliveryReceipt.status;
  const errorCode: string | 0 = detailedDeliveryReceipt.errorCode;
  text(deliveryStatus + errorCode + detailedDeliveryReceipt.dateCreated + detailedDeliveryReceipt.dateUpdated);
}

function recipients(recipient: RecipientDescriptor): void {
  if (recipient instanceof EmailRecipientDescriptor) {
    const emailRecipientDescriptor: EmailRecipientDescriptor = recipient;
    const emailRecipientLevel: EmailRecipientLevel = emailRecipientDescriptor.level;
    const email: "email" = emailRecipientDescriptor.type;
    text(email + emailRecipientLevel + emailRecipientDescriptor.messageSid + emailRecipientDescriptor.name);
    text(emailRecipientDescriptor.address);
  }
  if (recipient instanceof UnknownRecipientDescriptor) {
    const unknownRecipientDescriptor: UnknownRecipientDescriptor = recipient;
    text(unknownRecipientDescriptor.type + unknownRecipientDescriptor.messageSid + unknownRecipientDescriptor.rawData);
  }
}

function contents(content: ContentData): string {
  switch (content.type) {
    case "text": {
      const contentDataText: ContentDataText = content;
      return contentDataText.type + contentDataText.body + contentDataText.rawData;
    }
    case "media": {
      const contentDataMedia: ContentDataMedia = content;
      return contentDataMedia.type + (contentDataMedia.body ?? "") + contentDataMedia.media[0] + contentDataMedia.rawData;
    }
    case "location": {
      const contentDataLocation: ContentDataLocation = content;
      number(contentDataLocation.longitude + contentDataLocation.latitude);
      return contentDataLocation.type + (contentDataLocation.label ?? "") + contentDataLocation.rawData;
    }
    case "quickReply": {
      const contentDataQuickReply: ContentDataQuickReply = content;
      const contentDataReply: ContentDataReply = contentDataQuickReply.replies[0]!;
      text(contentDataReply.title + (contentDataReply.id ?? ""));
      return contentDataQuickReply.type + contentDataQuickReply.body + contentDataQuickReply.rawData;
    }
    case "callToAction": {
      const contentDataCallToAction: ContentDataCallToAction = content;
      contentDataCallToAction.actions.forEach(action);
      return contentDataCallToAction.type + contentDataCallToAction.body + contentDataCallToAction.rawData;
    }
    case "listPicker": {
      const contentDataListPicker: ContentDataListPicker = content;
      const contentDataListItem: ContentDataListItem = contentDataListPicker.items[0]!;
      text(contentDataListItem.id + contentDataListItem.item + (contentDataListItem.description ?? ""));
      return contentDataListPicker.type + contentDataListPicker.body + contentDataListPicker.button + contentDataListPicker.rawData;
    }
    case "card": {
      const contentDataCard: ContentDataCard = content;
      contentDataCard.actions.forEach(action);
      text(contentDataCard.title + (contentDataCard.subtitle ?? "") + contentDataCard.media.join());
      return contentDataCard.type + contentDataCard.rawData;
    }
    case "other": {
      const contentDataOther: ContentDataOther = content;
      return contentDataOther.type + contentDataOther.rawData;
    }
  }
}

function action(one: ContentDataAction): string {
  switch (one.type) {
    case "url": {
      const contentDataActionUrl: ContentDataActionUrl = one;
      return contentDataActionUrl.type + contentDataActionUrl.title + contentDataActionUrl.url + contentDataActionUrl.rawData;
    }
    case "phone": {
      const contentDataActionPhone: ContentDataActionPhone = one;
      return contentDataActionPhone.type + contentDataActionPhone.title + contentDataActionPhone.phone + contentDataActionPhone.rawData;
    }
    case "reply": {
      const contentDataActionReply: ContentDataActionReply = one;
      number(contentDataActionReply.index);
      return contentDataActionReply.type + contentDataActionReply.title + (contentDataActionReply.id ?? "") + contentDataActionReply.rawData;
    }
    case "other": {
      const contentDataActionOther: ContentDataActionOther = one;
      return contentDataActionOther.type + contentDataActionOther.rawData;
    }
  }
}

export async function participants(participant: Participant): Promise<void> {
  text(participant.conversation.sid + participant.sid + (participant.identity ?? "") + participant.roleSid);
  json(participant.attributes);
  moment(participant.dateCreated ?? participant.dateUpdated ?? participant.lastReadTimestamp ?? new Date());
  flag(participant.isTyping);
  number(participant.lastReadMessageIndex ?? 0);
  const participantType: ParticipantType = participant.type;
  const participantBindings: ParticipantBindings = participant.bindings;
  const participantEmailBinding: ParticipantEmailBinding | undefined = participantBindings.email;
  const participantEmailLevel: ParticipantEmailLevel | undefined = participantEmailBinding?.level;
  text(participantType + participantEmailLevel + participantEmailBinding?.name + participantEmailBinding?.address);
  const user: User = await participant.getUser();
  text(user.identity);
  const same: Participant = await participant.updateAttributes({});
  same.on(Participant.updated, ({ participant: one, updateReasons }) => flag(one === same && updateReasons.includes("roleSid")));
  same.on(Participant.typingStarted, ({ sid }) => text(sid)).on(Participant.typingEnded, ({ sid }) => text(sid));
  await participant.remove();
}

export async function users(user: User): Promise<void> {
  text(user.identity + (user.friendlyName ?? ""));
  json(user.attributes);
  flag(user.isOnline ?? user.isNotifiable ?? user.isSubscribed);
  user.on(user.updated, ({ user: same, updateReasons }) => flag(same === user && updateReasons.includes("reachabilityOnline")));
  user.on(user.userSubscribed, (same) => flag(same === user)).on(user.userUnsubscribed, (same) => flag(same === user));
  await (await (await user.updateAttributes({ a: 1 })).updateFriendlyName("x")).unsubscribe();
  await user.updateFriendlyName("y").then(() => user.unsubscribe());
}

export function push(pushNotification: PushNotification, pushNotificationDescriptor: PushNotificationDescriptor): void {
  const pushNotificationType: PushNotificationType = pushNotification.type;
  flag(pushNotificationType === NotificationTypes.NEW_MESSAGE || pushNotificationType === NotificationTypes.ADDED_TO_CONVERSATION);
  flag(pushNotificationType === NotificationTypes.REMOVED_FROM_CONVERSATION);
  text(NotificationTypes.TYPING_INDICATOR + NotificationTypes.CONSUMPTION_UPDATE);
  text(pushNotification.title ?? pushNotification.body ?? pushNotification.sound ?? pushNotification.action ?? "");
  number(pushNotification.badge ?? 0);
  const pushNotificationData: PushNotificationData = pushNotification.data;
  text(pushNotificationData.conversationSid ?? pushNotificationData.conversationTitle ?? pushNotificationData.messageSid ?? "");
  number((pushNotificationData.messageIndex ?? 0) + (pushNotificationData.mediaCount ?? 0) + (pushNotificationData.media?.size ?? 0));
  text(pushNotificationDescriptor.title ?? pushNotificationDescriptor.body ?? pushNotificationDescriptor.sound ?? "");
  number(pushNotificationDescriptor.badge ?? Object.keys(pushNotificationDescriptor.data).length);
  text(pushNotificationDescriptor.action ?? pushNotificationDescriptor.type);
}

export async function others(restPaginator: RestPaginator<Message>, contentTemplate: ContentTemplate): Promise<void> {
  flag(restPaginator.hasNextPage || restPaginator.hasPrevPage);
  const pages: RestPaginator<Message>[] = [await restPaginator.nextPage(), await restPaginator.prevPage()];
  number(restPaginator.items.length + pages.length);
  text(contentTemplate.sid + contentTemplate.friendlyName);
  moment(new Date(Math.max(contentTemplate.dateCreated.getTime(), contentTemplate.dateUpdated.getTime())));
  const contentTemplateVariable: ContentTemplateVariable = contentTemplate.variables[0]!.copyWithValue("x");
  text(contentTemplateVariable.name + contentTemplateVariable.value + contentTemplateVariable.copyWithValue("y").value);
  for (const [type, content] of contentTemplate.variants) text(type + content.rawData);
  const cancellablePromise = new CancellablePromise<number>((resolve, reject, onCancel) => {
    onCancel(() => reject(new Error("cancelled")));
    resolve(1);
  });
  number(await cancellablePromise.cancel());
  const jsonObject: JSONObject = { a: null };
  const jsonArray: JSONArray = [jsonObject];
  json(jsonArray);
}
