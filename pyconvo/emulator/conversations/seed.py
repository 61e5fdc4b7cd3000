"""Fixtures: users, conversations, participants and messages made at once, as if they had always been there.

Every field may be left out, except identities; attributes are plain JSON values, not JSON text::

    {"users": ["bob", {"identity": "alice", "friendlyName": "Alice", "attributes": {}, "role": "admin"}],
     "conversations": [{
        "uniqueName": "trip", "friendlyName": "Trip", "attributes": {}, "createdBy": "alice", "sid": "CH…",
        "state": "active", "timers": {"inactive": 60, "closed": 600},
        "participants": ["alice", {"identity": "bob", "attributes": {}, "role": "user",
                                   "lastReadMessageIndex": 0, "notificationLevel": "muted"},
                         {"address": "+15550100", "proxyAddress": "+15550199", "attributes": {}}],
        "messages": ["short form", {"author": "bob", "body": "hi", "attributes": {}, "subject": null}]}],
     "contentTemplates": [{"sid": "HX…", "friendlyName": "Greeting", "language": "en", "variables": {"1": "you"},
                           "types": {"twilio/text": {"body": "Hello {{1}}"}}}],
     "notifications": {"newMessage": {"enabled": true, "sound": "ping", "withMedia": {"enabled": true}}}}

``createdBy`` is the first participant unless given; ``messages`` may also be ``{"count", "author", "prefix"}``.
Messages count as sent long ago: none leaves for other channels. ``notifications``: which push notifications the
service sends from now on (``push/notifications.py``). Not responsible for: resetting what is there before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Conversation, Message, User
from pyconvo.emulator.conversations.schema import USERS
from pyconvo.names import snake

if TYPE_CHECKING:
    from pyconvo.emulator.conversations.model import Conversations

_USER = {"identity", "friendlyName", "attributes", "role"}
_CONVERSATION = {
    "uniqueName", "friendlyName", "attributes", "createdBy", "sid", "state", "timers", "participants", "messages",
}  # fmt: skip
_PARTICIPANT = {"identity", "attributes", "role", "notificationLevel", "lastReadMessageIndex"}
_NON_CHAT = {"address", "proxyAddress", "name", "level", "attributes"}
_MESSAGE = {"author", "body", "attributes", "subject"}
_MESSAGES = {"count", "author", "prefix"}
_TEMPLATE = {"sid", "friendlyName", "language", "variables", "types"}


def plant(model: Conversations, fixture: dict[str, Any]) -> dict[str, Any]:
    """Makes everything in ``fixture`` in one transaction.

    Returns:
        ``{"users": {identity: US sid}, "conversations": {unique name, or sid where there is none: CH sid},
        "contentTemplates": {friendly name: HX sid}}``

    Raises:
        TwilioError: 20001 for an unknown key or a wrong form, and every refusal of the commands themselves.
    """
    _check(fixture, {"users", "conversations", "notifications", "contentTemplates"}, "the fixture")
    users: dict[str, str] = {}
    conversations: dict[str, str] = {}
    templates: dict[str, str] = {}
    with model.context.store.transaction():
        for entry in _each(fixture, "users"):
            user = _user(model, entry)
            users[user.identity] = user.sid
        for entry in _each(fixture, "conversations"):
            found = _conversation(model, entry)
            conversations[found.unique_name or found.sid] = found.sid
        for entry in _each(fixture, "contentTemplates"):
            _check(entry, _TEMPLATE, "a content template")
            template = model.content.create(
                entry.get("friendlyName"),
                entry.get("types"),
                variables=entry.get("variables"),
                language=entry.get("language"),
                sid=entry.get("sid"),
            )
            templates[template.friendly_name] = template.sid
        if "notifications" in fixture:
            model.push.notifications.update(official_keys(fixture["notifications"], "notifications"))
    return {"users": users, "conversations": conversations, "contentTemplates": templates}


def official_keys(value: Any, what: str) -> dict[str, Any]:
    """An object, and those in it, by the names of Twilio's REST API instead of the fixture's.

    Raises:
        TwilioError: 20001 for anything but an object.
    """
    if not isinstance(value, dict):
        raise refusal(Code.BAD_REQUEST, f"{what} must be an object, not {value!r}")
    return {
        snake(key): official_keys(one, f"{what}.{key}") if isinstance(one, dict) else one for key, one in value.items()
    }


def _user(model: Conversations, entry: Any) -> User:
    entry = {"identity": entry} if isinstance(entry, str) else entry
    _check(entry, _USER, "a user")
    identity = limits.identity(entry.get("identity"), longest=model.context.limits.identity)
    changes: dict[str, Any] = {}
    if "friendlyName" in entry:
        changes["friendly_name"] = entry["friendlyName"]
    if "attributes" in entry:
        changes["attributes"] = json.dumps(entry["attributes"])
    known = USERS.get(model.context.db, identity)
    if known is None:
        return model.users.create(identity, role=entry.get("role", "user"), **changes)
    if "role" in entry:
        model.users.set_role(identity, entry["role"])
    return model.users.update(None, identity, changes) if changes else known


def _conversation(model: Conversations, entry: Any) -> Conversation:
    _check(entry, _CONVERSATION, "a conversation")
    participants = [{"identity": one} if isinstance(one, str) else one for one in _each(entry, "participants")]
    for one in participants:
        if isinstance(one, dict) and "address" in one:
            _check(one, _NON_CHAT, "a participant of another channel")
        else:
            _check(one, _PARTICIPANT, "a participant")
    creator = entry.get("createdBy") or (participants[0].get("identity") if participants else None)
    sid = entry.get("sid")
    if sid is not None and not (isinstance(sid, str) and limits.CONVERSATION_SID.fullmatch(sid)):
        raise refusal(Code.BAD_REQUEST, f"the sid of a conversation is CH and 32 hex digits, not {sid!r}")
    if sid is not None and model.conversations.find(sid):
        raise refusal(Code.BAD_REQUEST, f"there is a conversation {sid} already")
    created = model.conversations.create(
        None,
        friendly_name=entry.get("friendlyName"),
        unique_name=entry.get("uniqueName"),
        attributes=json.dumps(entry.get("attributes", {})),
        created_by=creator,
        sid=sid,
    )
    for one in participants:
        _participant(model, created.sid, one)
    add_messages(model, created.sid, entry.get("messages", []), creator)
    for one in participants:
        if "address" in one:
            continue
        if "lastReadMessageIndex" in one:
            model.participants.read_up_to(one["identity"], created.sid, one["lastReadMessageIndex"])
        if "notificationLevel" in one:
            model.participants.set_notification_level(one["identity"], created.sid, one["notificationLevel"])
    timers = entry.get("timers")
    if timers is not None:
        _check(timers, {"inactive", "closed"}, "timers")
        model.conversations.set_timers(created.sid, inactive=timers.get("inactive"), closed=timers.get("closed"))
    if entry.get("state", "active") != "active":
        model.conversations.set_state(created.sid, entry["state"])
    return model.conversations.get(created.sid)


def _participant(model: Conversations, sid: str, one: dict[str, Any]) -> None:
    attributes = json.dumps(one.get("attributes", {}))
    if "address" not in one:
        model.participants.add(None, sid, one.get("identity"), attributes=attributes, role=one.get("role"))
        return
    binding: dict[str, Any] = {key: one[key] for key in ("address", "name", "level") if key in one}
    binding["proxy_address"] = one.get("proxyAddress")
    model.participants.add_non_chat(None, sid, binding, attributes=attributes)


def add_messages(model: Conversations, sid: str, wanted: Any, creator: str | None) -> None:
    """Appends them with one publication of the conversation's ``lastMessage`` instead of one each; asks no webhook."""
    conversation = model.conversations.get(sid)
    members = {found.identity: found.sid for found in model.participants.of(sid)}
    context, allowed = model.context, model.context.limits
    last: Message | None = None
    for index, entry in enumerate(_spelled_out(wanted, creator), conversation.next_index):
        now = context.clock.iso()
        last = Message(
            sid=context.ids.sid("IM"),
            conversation_sid=sid,
            index=index,
            author=limits.identity(entry.get("author") or creator or "system", longest=allowed.identity),
            participant_sid=members.get(entry.get("author") or creator),
            body=limits.body(entry.get("body"), longest=allowed.body),
            subject=limits.text(entry.get("subject"), "subject", longest=allowed.subject, code=Code.BAD_REQUEST),
            attributes=limits.attributes(json.dumps(entry.get("attributes", {})), longest=allowed.attributes),
            content_sid=None,
            medias="[]",
            last_updated_by=None,
            date_created=now,
            date_updated=now,
        )
        model.messages.append(conversation, last)
    if last is not None:
        model.conversations.store(
            replace(conversation, next_index=last.index + 1, last_index=last.index, last_timestamp=last.date_created)
        )


def _spelled_out(wanted: Any, creator: str | None) -> Iterator[dict[str, Any]]:
    if isinstance(wanted, dict):
        _check(wanted, _MESSAGES, "messages")
        count = wanted.get("count")
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise refusal(Code.BAD_REQUEST, "the count of messages must be an integer of at least 0")
        for number in range(count):
            yield {"author": wanted.get("author", creator), "body": f"{wanted.get('prefix', 'm')}{number}"}
        return
    for entry in _each({"messages": wanted}, "messages"):
        entry = {"body": entry} if isinstance(entry, str) else entry
        _check(entry, _MESSAGE, "a message")
        yield entry


def _each(entry: dict[str, Any], key: str) -> list[Any]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        raise refusal(Code.BAD_REQUEST, f"{key} must be a list")
    return value


def _check(entry: Any, known: set[str], what: str) -> None:
    if not isinstance(entry, dict):
        raise refusal(Code.BAD_REQUEST, f"{what} must be an object, not {entry!r}")
    unknown = sorted(set(entry) - known)
    if unknown:
        raise refusal(Code.BAD_REQUEST, f"{what} has no {', '.join(unknown)}; known: {', '.join(sorted(known))}")
