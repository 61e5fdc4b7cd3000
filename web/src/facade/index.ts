/**
 * The facade: everything a page author sees, over a runtime that brings the core up. Importing this does nothing;
 * `installFacade` defines `Twilio.Conversations`. Not responsible for booting.
 */

import { Bridge } from "../bridge/bridge.js";
import { lazyLink, type Port, type Runtime } from "../bridge/port.js";
import { entryOf } from "../bridge/registry.js";
import { MessageBuilder, UnsentMessage } from "./builder.js";
import { CancellablePromise } from "./cancellable.js";
import { clientClass, clientFailed, clientHeard } from "./client.js";
import { ContentTemplate, ContentTemplateVariable } from "./content.js";
import { delivery, remember, ReplayEventEmitter, watchUse } from "./emitter.js";
import {
  AggregatedDeliveryReceipt,
  ChannelMetadata,
  Conversation,
  DetailedDeliveryReceipt,
  EmailRecipientDescriptor,
  entityClasses,
  Media,
  Message,
  Participant,
  RestPaginator,
  UnknownRecipientDescriptor,
  User,
} from "./entities.js";
import { Log } from "./log.js";
import { layOut } from "./pages.js";
import { NotificationTypes, PushNotification } from "./push.js";

export type { Port, Runtime };

/** The exports over `runtime`, which is started when the first client is made (unless it runs already). */
export function createFacade(runtime: Runtime) {
  let bridge: Bridge | undefined;
  const log = new Log();
  const prototypes: Record<string, object> = {};
  const Client = clientClass(() => (bridge ??= connect()), log);
  for (const [name, entity] of Object.entries({ ...entityClasses, Client })) prototypes[name] = entity.prototype;

  function connect(): Bridge {
    runtime.check?.();
    const link = lazyLink(runtime, (error) => {
      bridge = undefined; // the next client tries to start the core again
      made.fail(error);
    });
    const made = new Bridge(link, {
      prototypes,
      made(object, session) {
        if (!(object instanceof ReplayEventEmitter)) {
          if (entryOf(object).className === "Paginator") layOut(object);
          return;
        }
        watchUse(object, (used) => {
          if (used && !session.closed) session.pinned.add(object);
          else session.pinned.delete(object);
        });
      },
      delivery(object, event, args) {
        const deliver = delivery(object as ReplayEventEmitter, event, args);
        return () => {
          const heard = deliver();
          if (object instanceof Client) clientHeard(object, event, args);
          return heard || event === "initialized" || event === "initFailed";
        };
      },
      remember,
      log: (level, name, text) => log.write(level, name, text),
      failed: (client, error) => clientFailed(client as ReplayEventEmitter, error),
    });
    return made;
  }

  return {
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
    /** State, progress and readiness of the core (an addition to the official SDK). */
    runtime,
  };
}

export type Facade = ReturnType<typeof createFacade>;

/** Defines `Twilio.Conversations` on `scope`, extending a `Twilio` that is there already. */
export function installFacade(runtime: Runtime, scope: object = globalThis): Facade {
  const facade = createFacade(runtime);
  const present: unknown = Reflect.get(scope, "Twilio");
  const twilio: object = typeof present === "object" && present !== null ? present : {};
  Reflect.set(twilio, "Conversations", facade);
  Reflect.set(scope, "Twilio", twilio);
  return facade;
}
