/** The entry of `pyconvo.mjs`. */

import { facadeOver } from "./facade-module.ts";
import { settingsFromModule } from "./settings.ts";

const facade = facadeOver(settingsFromModule(import.meta.url));

export const {
  AggregatedDeliveryReceipt,
  CancellablePromise,
  Client,
  Conversation,
  Message,
  MessageBuilder,
  Participant,
  UnsentMessage,
  User,
  runtime,
} = facade;
export default facade;
