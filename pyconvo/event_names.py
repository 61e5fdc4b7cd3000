"""The events of every class by name, and what they bring: constants for ``on``, ``wait_for`` and ``events``.

Not responsible for emitting them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pyconvo.events import Event, Signal

if TYPE_CHECKING:
    from pyconvo.conversation import Conversation
    from pyconvo.message import Message
    from pyconvo.participant import Participant
    from pyconvo.payloads import (
        ClientSynchronizationStatus,
        ConversationUpdated,
        InitFailed,
        MessageUpdated,
        ParticipantUpdated,
        UserUpdated,
    )
    from pyconvo.push import PushNotification
    from pyconvo.twilsock.actions import ConnectionErrorInfo
    from pyconvo.user import User


class ClientEvents:
    """Events of :class:`pyconvo.Client`. Official: ``ClientEvents``, and the constants of ``Client``."""

    #: A conversation is known: at the start, and later.
    conversation_added: ClassVar[Event[Conversation]] = Event("conversation_added")
    #: The own user takes part in it, from now on or already.
    conversation_joined: ClassVar[Event[Conversation]] = Event("conversation_joined")
    #: The own user takes part in it no longer.
    conversation_left: ClassVar[Event[Conversation]] = Event("conversation_left")
    #: It was deleted, or is not visible any more.
    conversation_removed: ClassVar[Event[Conversation]] = Event("conversation_removed")
    #: A member of a conversation changed, such as its name.
    conversation_updated: ClassVar[Event[ConversationUpdated]] = Event("conversation_updated")
    #: Somebody was added to a conversation. Who is there when it is first read is not told.
    participant_joined: ClassVar[Event[Participant]] = Event("participant_joined")
    #: Somebody left a conversation or was removed.
    participant_left: ClassVar[Event[Participant]] = Event("participant_left")
    #: A member of a participant changed, such as the read horizon.
    participant_updated: ClassVar[Event[ParticipantUpdated]] = Event("participant_updated")
    #: A message was sent to a conversation, also by the own user.
    message_added: ClassVar[Event[Message]] = Event("message_added")
    #: A message was removed. Of those that were read or announced here; the same holds for updates.
    message_removed: ClassVar[Event[Message]] = Event("message_removed")
    #: A member of a message changed, such as its text.
    message_updated: ClassVar[Event[MessageUpdated]] = Event("message_updated")
    #: Somebody types; told again every few seconds while it goes on.
    typing_started: ClassVar[Event[Participant]] = Event("typing_started")
    #: Somebody has sent the message, or not typed for a while (5 s unless configured otherwise).
    typing_ended: ClassVar[Event[Participant]] = Event("typing_ended")
    #: A user is kept up to date from now on.
    user_subscribed: ClassVar[Event[User]] = Event("user_subscribed")
    #: A user is not kept up to date any more.
    user_unsubscribed: ClassVar[Event[User]] = Event("user_unsubscribed")
    #: A member of a subscribed user changed.
    user_updated: ClassVar[Event[UserUpdated]] = Event("user_updated")
    #: :attr:`connection_state` changed; brings the new one.
    connection_state_changed: ClassVar[Event[str]] = Event("connection_state_changed")
    #: The connection failed, or was refused; the client goes on by itself unless the error is ``terminal``.
    connection_error: ClassVar[Event[ConnectionErrorInfo]] = Event("connection_error")
    #: The token ends soon: give a new one to :meth:`update_token`.
    token_about_to_expire: ClassVar[Signal] = Signal("token_about_to_expire")
    #: The token has ended, and with it the connection, until :meth:`update_token`.
    token_expired: ClassVar[Signal] = Signal("token_expired")
    #: The start is over. Conversations may be told before or after.
    initialized: ClassVar[Signal] = Signal("initialized")
    #: The start failed, for now or for good (``error.terminal``).
    init_failed: ClassVar[Event[InitFailed]] = Event("init_failed")
    #: ``"initialized"`` or ``"failed"``; the two events above say more.
    state_changed: ClassVar[Event[str]] = Event("state_changed")
    #: A push notification that the application has handed over, see :meth:`Client.handle_push_notification`.
    push_notification: ClassVar[Event[PushNotification]] = Event("push_notification")
    #: :attr:`synchronization_status` was reached. Of the mobile SDKs: ``onClientSynchronization`` (Android),
    #: ``synchronizationStatusUpdated`` (iOS).
    synchronization_status_updated: ClassVar[Event[ClientSynchronizationStatus]] = Event(
        "synchronization_status_updated"
    )
    #: A conversation's :attr:`Conversation.synchronization_status` changed. Of the mobile SDKs:
    #: ``onConversationSynchronizationChange`` (Android), ``conversation:synchronizationStatusUpdated`` (iOS).
    conversation_synchronization_status_updated: ClassVar[Event[Conversation]] = Event(
        "conversation_synchronization_status_updated"
    )


class ConversationEvents:
    """Events of :class:`pyconvo.Conversation`. Official: ``ConversationEvents`` and the class's constants."""

    #: Somebody was added. Who is there when it is first read is not told.
    participant_joined: ClassVar[Event[Participant]] = Event("participant_joined")
    #: Somebody left or was removed.
    participant_left: ClassVar[Event[Participant]] = Event("participant_left")
    #: A member of a participant changed, such as the read horizon.
    participant_updated: ClassVar[Event[ParticipantUpdated]] = Event("participant_updated")
    #: A message was sent, also by the own user.
    message_added: ClassVar[Event[Message]] = Event("message_added")
    #: A message that was read or announced here was removed.
    message_removed: ClassVar[Event[Message]] = Event("message_removed")
    #: A member of a message that was read or announced here changed.
    message_updated: ClassVar[Event[MessageUpdated]] = Event("message_updated")
    #: Somebody types; told again every few seconds while it goes on.
    typing_started: ClassVar[Event[Participant]] = Event("typing_started")
    #: Somebody has sent the message, or not typed for a while.
    typing_ended: ClassVar[Event[Participant]] = Event("typing_ended")
    #: A member of the conversation changed.
    updated: ClassVar[Event[ConversationUpdated]] = Event("updated")
    #: It was deleted, or is not visible any more.
    removed: ClassVar[Event[Conversation]] = Event("removed")
    #: :attr:`synchronization_status` changed. Of the mobile SDKs: ``onSynchronizationChanged`` (Android),
    #: ``conversation:synchronizationStatusUpdated`` (iOS).
    synchronization_status_updated: ClassVar[Event[Conversation]] = Event("synchronization_status_updated")


class ParticipantEvents:
    """Events of :class:`pyconvo.Participant`. Official: ``ParticipantEvents``, and the constants of ``Participant``."""

    #: A member changed.
    updated: ClassVar[Event[ParticipantUpdated]] = Event("updated")
    #: Types; told again every few seconds while it goes on.
    typing_started: ClassVar[Event[Participant]] = Event("typing_started")
    #: Has sent the message, or not typed for a while.
    typing_ended: ClassVar[Event[Participant]] = Event("typing_ended")


class MessageEvents:
    """Events of :class:`pyconvo.Message`. Official: ``MessageEvents``, and the constants of ``Message``."""

    #: A member changed.
    updated: ClassVar[Event[MessageUpdated]] = Event("updated")


class UserEvents:
    """Events of :class:`pyconvo.User`. Official: ``UserEvents``, and the constants of ``User``."""

    #: A member changed.
    updated: ClassVar[Event[UserUpdated]] = Event("updated")
    #: This user is kept up to date from now on.
    user_subscribed: ClassVar[Event[User]] = Event("user_subscribed")
    #: This user is not kept up to date any more.
    user_unsubscribed: ClassVar[Event[User]] = Event("user_unsubscribed")
