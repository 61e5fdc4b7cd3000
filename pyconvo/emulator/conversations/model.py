"""The Conversations domain: one object that holds its parts together.

Every command names the user who gives it (``actor``, an identity); None is the service itself, which may do
everything: the control plane, seeds, server-side REST. Refusals are ``TwilioError``; a refused command publishes
nothing.
Not responsible for: HTTP (``routes``), sockets and subscriptions (the hub and the Sync store).
"""

from __future__ import annotations

from typing import Any

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.conversations import origin, seed, state
from pyconvo.emulator.conversations.content import ContentTemplates
from pyconvo.emulator.conversations.context import Context, Notify, Settings
from pyconvo.emulator.conversations.conversation import ConversationRules
from pyconvo.emulator.conversations.defaults import ServiceDefaults
from pyconvo.emulator.conversations.delivery import Delivery
from pyconvo.emulator.conversations.events import Events
from pyconvo.emulator.conversations.inbound import Inbound
from pyconvo.emulator.conversations.media import MediaStore
from pyconvo.emulator.conversations.messages import Messages
from pyconvo.emulator.conversations.mutations import Mutations
from pyconvo.emulator.conversations.participants import Participants
from pyconvo.emulator.conversations.permissions import Permissions
from pyconvo.emulator.conversations.push.model import PushService
from pyconvo.emulator.conversations.receipts import Receipts
from pyconvo.emulator.conversations.recipients import Recipients
from pyconvo.emulator.conversations.records import User
from pyconvo.emulator.conversations.remembered import Remembered
from pyconvo.emulator.conversations.resources import Resources
from pyconvo.emulator.conversations.schema import create_tables
from pyconvo.emulator.conversations.timers import StateTimers
from pyconvo.emulator.conversations.typing_indicator import Typing
from pyconvo.emulator.conversations.users import Users
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync.store import SyncObject, SyncStore


class Conversations:
    """The parts are public: ``users``, ``conversations``, ``participants``, ``messages``, ``typing``, …"""

    def __init__(
        self, store: SyncStore, clock: Clock, ids: Ids, notify: Notify, settings: Settings | None = None
    ) -> None:
        """Creates what is missing in the store's database and takes up what is there.

        ``notify(identity, message_type, payload)`` reaches every connection of an identity.
        """
        self.settings = settings or Settings()
        #: Everything that happens, for whatever follows it: see ``Events.subscribe``.
        self.events = Events(store)
        self.context = Context(store, clock, ids, notify, self.settings, self.events)
        with store.transaction():
            create_tables(store.db)
            self.permissions = Permissions(self.context)
        self.settings.reachability = bool(self.permissions.defaults.reachability)
        self.users = Users(self.context, self.permissions)
        self.conversations = ConversationRules(self.context, self.permissions)
        self.participants = Participants(self.context, self.permissions, self.users, self.conversations)
        self.media = MediaStore(self.context, self.conversations)
        self.receipts = Receipts(self.context)
        self.recipients = Recipients(self.context)
        self.delivery = Delivery(self.context, self.receipts, self.recipients)
        self.content = ContentTemplates(self.context)
        self.messages = Messages(
            self.context,
            self.permissions,
            self.conversations,
            self.participants,
            self.media,
            self.receipts,
            self.recipients,
            self.delivery,
            self.content,
        )
        self.conversations.on_message_removed = self.messages.forget
        self.inbound = Inbound(self.context, self.conversations, self.participants, self.messages, self.media)
        self.typing = Typing(self.context, self.conversations, self.participants)
        self.push = PushService(self.context, self.users)
        self.mutations = Mutations(self.context)
        self.resources = Resources(self.settings)
        self.timers = StateTimers(self.context, self.conversations)
        self.conversations.on_change = self.timers.plan
        with store.transaction():
            self.users.all_offline()
        self.timers.plan_all()
        self.delivery.plan_all()
        self._visible: Remembered[bool] = Remembered(store.db)
        store.authorize = self.authorize

    def ensure_user(self, identity: str) -> User:
        """The user of an identity that has just connected, created if new."""
        with origin.acting(origin.client(identity)):
            return self.users.ensure(identity)

    def presence(self, identity: str, online: bool) -> None:
        """The first connection of ``identity`` came up, or the last one went away."""
        with origin.acting(origin.client(identity)):
            self.users.reached(identity, online=online)

    def configure(self, changes: dict[str, Any]) -> ServiceDefaults:
        """The service's configuration; see ``Permissions.set_defaults``."""
        before = self.settings.reachability
        with self.context.store.transaction():
            made = self.permissions.set_defaults(changes)
            self.settings.reachability = bool(made.reachability)
            if made.reachability and not before:
                self.users.show_reachability()
        return made

    def retire(self) -> None:
        """Nothing happens by the clock any more: its data is about to go."""
        self.timers.forget()
        self.delivery.set_interval(None)

    def remove_user(self, key: str) -> None:
        """Removes a user (identity or sid), its devices, and its participants wherever there are any.

        Raises:
            TwilioError: 404/50200 when there is none.
        """
        user = self.users.get(key)
        with self.context.store.transaction():
            for own in self.participants.of_identity(user.identity):
                self.participants.remove(None, own.conversation_sid, own.sid)
            for device in self.push.bindings.of(user.identity):
                self.push.bindings.remove(device.sid)
            self.users.forget(user)

    def authorize(self, identity: str, target: SyncObject) -> bool:
        """Whether ``identity`` may read a Sync object: own list, all profiles, visible conversations."""
        owner, _, kind = target.unique_name.rpartition(".")
        if kind == "info":
            return True
        if target.kind == "map" and kind == "channels":
            return owner == identity
        return self._visible.get((identity, owner), lambda: self._sees(identity, owner))

    def _sees(self, identity: str, key: str) -> bool:
        conversation = self.conversations.find(key)
        return conversation is not None and self.conversations.visible(identity, conversation)

    def seed(self, fixture: dict[str, Any]) -> dict[str, Any]:
        """Makes the users, conversations and messages of ``fixture``, all or nothing; the sids by name.

        Raises:
            TwilioError: whatever is wrong with the fixture.
        """
        return seed.plant(self, fixture)

    def state(self, latest: int | None = None) -> dict[str, Any]:
        """Everything that the domain holds, for people to read; of messages, the ``latest`` of each conversation."""
        return state.describe(self, latest)
