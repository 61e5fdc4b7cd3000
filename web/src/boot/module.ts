/** The entry of `pyconvo.mjs`, of a release and of the npm package: these differ in where the runtime files are. */

import { facadeOver } from "./facade-module.ts";
import { settingsOfPackage } from "./package.ts";
import { settingsFromModule } from "./settings.ts";

/** Written in by the build. */
declare const PYCONVO_PACKAGE: boolean;

// No bundler may see the second `import.meta.url` in the package: some write the place of the file on that machine for it.
const facade = facadeOver(PYCONVO_PACKAGE ? settingsOfPackage() : settingsFromModule(import.meta.url));

export const {
  AggregatedDeliveryReceipt,
  CancellablePromise,
  ChannelMetadata,
  Client,
  ContentTemplate,
  ContentTemplateVariable,
  Conversation,
  DetailedDeliveryReceipt,
  EmailRecipientDescriptor,
  Media,
  Message,
  MessageBuilder,
  NotificationTypes,
  Participant,
  PushNotification,
  RestPaginator,
  UnknownRecipientDescriptor,
  UnsentMessage,
  User,
  runtime,
} = facade;
export default facade;
