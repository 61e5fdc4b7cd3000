"""What a client does about push notifications. Not responsible for how (``services/push.py``, ``push.py``)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, MutableSequence
from typing import Any

from pyconvo import push
from pyconvo.push import NotificationsChannelType, NotificationTypes, PushNotification
from pyconvo.services.push import PushRegistrations
from pyconvo.sync.client import MESSAGE_TYPES
from pyconvo.validation import NON_EMPTY_STRING, PURE_OBJECT, STRING, check, checked, literal

_CHANNEL = (literal("fcm"), literal("apn"))


class PushMembers:
    """Mixed into the client. Event: ``push_notification(PushNotification)``."""

    _push: PushRegistrations

    @abstractmethod
    async def _wait_ready(self) -> None: ...

    @abstractmethod
    def emit(self, event: Any, *payload: Any) -> bool: ...

    @checked(_CHANNEL, STRING)
    async def set_push_registration_id(self, channel_type: NotificationsChannelType, registration_id: str) -> None:
        """Register this device, so that the service pushes to it.

        ``registration_id``: the token that the platform gave the device. Nothing is sent when it is registered with
        that token already; the registration of another token is replaced. What may pass is tried until it succeeds;
        raises :class:`pyconvo.UpstreamError` when the service refuses.
        """
        await self._wait_ready()
        check(2, NON_EMPTY_STRING, registration_id)
        await self._push.register(channel_type, registration_id)

    @checked(_CHANNEL)
    async def unset_push_registration_id(self, channel_type: NotificationsChannelType) -> None:
        """Remove the registration that this client has made; use :meth:`remove_push_registrations`."""
        await self._wait_ready()
        await self._push.unregister(channel_type)

    @checked(_CHANNEL, NON_EMPTY_STRING)
    async def remove_push_registrations(self, channel_type: NotificationsChannelType, registration_id: str) -> None:
        """Remove every registration of a device of the own user, also those of earlier sessions."""
        await self._push.remove(channel_type, registration_id)

    @staticmethod
    def parse_push_notification(notification_payload: Mapping[str, Any]) -> PushNotification:
        """Read what the platform delivered.

        Raises :class:`pyconvo.ConversationsError` for what is no notification of this service.
        """
        check(1, PURE_OBJECT, notification_payload)
        return push.parse(notification_payload)

    @checked(PURE_OBJECT)
    async def handle_push_notification(self, notification_payload: Mapping[str, Any]) -> None:
        """Read it, and tell it as the event ``push_notification``. Raises as :meth:`parse_push_notification`."""
        await self._wait_ready()
        self.emit("push_notification", push.parse(notification_payload))

    @staticmethod
    def populate_init_registrations(message_types: MutableSequence[str]) -> None:
        """Add the types that a client needs to those of a registration that is given as ``init_registrations``."""
        message_types.extend(one for one in _INIT_TYPES if one not in message_types)


_INIT_TYPES = (NotificationTypes.TYPING_INDICATOR, *MESSAGE_TYPES)
