"""The REST form of the records (snake_case), with the addresses that clients follow.

Addresses look like Twilio's: a client on the socket sends only host and path, and the emulator routes by path.
Not responsible for: HTTP (``handlers``), nor for Sync data (``published``).
"""

from __future__ import annotations

import json
from typing import Any

from pyconvo.emulator.conversations.content import ContentTemplate
from pyconvo.emulator.conversations.context import Settings
from pyconvo.emulator.conversations.records import Conversation, Message, Participant, Receipt, Recipient, User

_MEGABYTE = 1024 * 1024


class Resources:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ids = {"account_sid": settings.account_sid, "chat_service_sid": settings.service_sid}
        self._host = f"https://aim.{settings.region}.twilio.com"
        self.base = f"{self._host}/Client/v2/Services/{settings.service_sid}"

    def conversation_url(self, sid: str) -> str:
        return f"{self.base}/Conversations/{sid}"

    def user_url(self, sid: str) -> str:
        return f"{self.base}/Users/{sid}"

    def configuration(self, user: User) -> dict[str, Any]:
        """What a client asks for first: options, names of its own Sync objects, addresses."""
        settings, limits = self._settings, self._settings.limits
        media = settings.media_url or f"https://mcs.{settings.region}.twilio.com"
        media_base = f"{media}/v1/Services/{settings.service_sid}"
        return {
            "identity": user.identity,
            "url": f"{self._host}/Client/v2/Configuration",
            "options": {
                "consumption_report_interval": "PT1S",
                "user_infos_to_subscribe": 100,
                "reachability_enabled": settings.reachability,
                "http_cache_interval": "PT1S",
                "my_conversations_page_size": settings.conversations_page,
                "media_attachments_count_limit": limits.media_count,
                "media_attachment_size_limit_in_mb": limits.media_size // _MEGABYTE,
                "media_attachments_total_size_limit_in_mb": limits.media_total_size // _MEGABYTE,
                "email_histories_allowed_mime_types": ["text/plain"],
                "email_bodies_allowed_mime_types": ["text/plain", "text/html"],
            },
            "sync_objects": {"my_conversations": user.conversations_map, "my_user_info": user.info_map},
            "links": {
                "my_conversations": f"{self.user_url(user.sid)}/Conversations",
                "conversations": f"{self.base}/Conversations",
                "users": f"{self.base}/Users",
                "current_user": self.user_url(user.sid),
                "typing": f"{self._host}/v1/Instances/{settings.service_sid}/Typing",
                "media_service": f"{media_base}/Media",
                "media_set_service": f"{media_base}/MediaSet",
                "messages_receipts": f"{self.base}/Conversations/%s/Messages/%s/Receipts",
            },
        }

    def conversation(
        self, found: Conversation, counts: tuple[int, int], own: Participant | None, unread: int | None
    ) -> dict[str, Any]:
        """A conversation; ``own`` is the caller's participant in it, if there is one."""
        url = self.conversation_url(found.sid)
        return {
            **self._ids,
            "sid": found.sid,
            **self._described(found),
            "state": found.state,
            "status": "joined" if own else "notParticipating",
            "notification_level": own.notification_level if own else "default",
            "last_read_message_index": own.last_read_index if own else None,
            "unread_messages_count": unread,
            "participants_count": counts[0],
            "messages_count": counts[1],
            "url": url,
            "links": {"participants": f"{url}/Participants", "messages": f"{url}/Messages"},
            "sync_objects": _sync_objects(found),
        }

    def membership(self, found: Conversation, own: Participant, user: User, unread: int | None) -> dict[str, Any]:
        """An entry of a user's own list of conversations."""
        url = self.conversation_url(found.sid)
        return {
            **self._ids,
            "conversation_sid": found.sid,
            "participant_sid": own.sid,
            "user_sid": user.sid,
            **self._described(found),
            "conversation_state": found.state,
            "status": "joined",
            "notification_level": own.notification_level,
            "last_read_message_index": own.last_read_index,
            "unread_messages_count": unread,
            "sync_objects": _sync_objects(found),
            "url": f"{self.user_url(user.sid)}/Conversations/{found.sid}",
            "links": {"conversation": url, "participant": f"{url}/Participants/{own.sid}"},
        }

    def participant(self, found: Participant) -> dict[str, Any]:
        conversation = self.conversation_url(found.conversation_sid)
        return {
            **self._ids,
            "conversation_sid": found.conversation_sid,
            "sid": found.sid,
            "identity": found.identity,
            "role_sid": found.role_sid,
            "attributes": found.attributes,
            "date_created": found.date_created,
            "date_updated": found.date_updated,
            "last_read_message_index": found.last_read_index,
            "last_read_timestamp": found.last_read_at,
            "messaging_binding": _messaging_binding(found),
            "url": f"{conversation}/Participants/{found.sid}",
            "links": {"conversation": conversation},
        }

    def message(self, found: Message) -> dict[str, Any]:
        conversation = self.conversation_url(found.conversation_sid)
        medias = [
            {
                "sid": media["sid"],
                "size": media["size"],
                "content_type": media["contentType"],
                "filename": media["filename"],
            }
            for media in json.loads(found.medias)
        ]
        return {
            **self._ids,
            "conversation_sid": found.conversation_sid,
            "sid": found.sid,
            "index": found.index,
            "author": found.author,
            "participant_sid": found.participant_sid,
            "body": found.body,
            "subject": found.subject,
            "attributes": found.attributes,
            "date_created": found.date_created,
            "date_updated": found.date_updated,
            "media": medias or None,
            "url": f"{conversation}/Messages/{found.sid}",
            "links": {
                "conversation": conversation,
                "messages_receipts": f"{conversation}/Messages/{found.sid}/Receipts",
            },
        }

    def content_template(self, found: ContentTemplate) -> dict[str, Any]:
        return {
            "sid": found.sid,
            "account_sid": self._settings.account_sid,
            "friendly_name": found.friendly_name,
            "language": found.language,
            "variables": found.variables,
            "variants": json.loads(found.variants),
            "date_created": found.date_created,
            "date_updated": found.date_updated,
        }

    def user(self, found: User) -> dict[str, Any]:
        url = self.user_url(found.sid)
        return {
            **self._ids,
            "sid": found.sid,
            "identity": found.identity,
            "friendly_name": found.friendly_name,
            "attributes": found.attributes,
            "role_sid": found.role_sid,
            "is_online": bool(found.online) if self._settings.reachability else None,
            "is_notifiable": bool(found.notifiable) if self._settings.reachability else None,
            "date_created": found.date_created,
            "date_updated": found.date_updated,
            "url": url,
            "links": {"user_conversations": f"{url}/Conversations"},
            "sync_objects": {"user_info_map": found.info_map},
        }

    def _described(self, found: Conversation) -> dict[str, Any]:
        return {
            "unique_name": found.unique_name,
            "friendly_name": found.friendly_name,
            "attributes": found.attributes,
            "created_by": found.created_by,
            "date_created": found.date_created,
            "date_updated": found.date_updated,
        }


def _messaging_binding(found: Participant) -> dict[str, str] | None:
    return None if found.identity is not None else {"type": found.type, **json.loads(found.bindings)[found.type]}


def receipt(found: Receipt) -> dict[str, Any]:
    """A delivery receipt."""
    return {
        "sid": found.sid,
        "message_sid": found.message_sid,
        "conversation_sid": found.conversation_sid,
        "channel_message_sid": found.channel_message_sid,
        "participant_sid": found.participant_sid,
        "status": found.status,
        "error_code": found.error_code,
        "date_created": found.date_created,
        "date_updated": found.date_updated,
    }


def recipient(found: Recipient) -> dict[str, Any]:
    """A recipient of a message."""
    return {"message_sid": found.message_sid, "type": found.type, **json.loads(found.details)}


def page(
    key: str, entries: list[dict[str, Any]], *, next_token: str | None = None, previous_token: str | None = None
) -> dict[str, Any]:
    """A page of a list. ``next_token`` None ends the list: clients depend on the null."""
    return {key: entries, "meta": {"key": key, "next_token": next_token, "previous_token": previous_token}}


def _sync_objects(found: Conversation) -> dict[str, str]:
    return {"conversation": found.document, "participants": found.roster, "messages": found.message_list}
