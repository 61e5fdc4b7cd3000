"""What a service would answer a client that starts, for the rehearsal: so many conversations, all alike, of nobody.

Only what a start asks for. Not responsible for when it answers (``rehearsal``).
"""

from __future__ import annotations

from typing import Any, Final

from pyconvo.json_writer import writer
from pyconvo.twilsock.packet import Packet, encode

COUNT: Final = 24

#: Of ``{"grants": {"identity": "rehearsal"}}``; nobody has signed it.
TOKEN: Final = "e30.eyJncmFudHMiOnsiaWRlbnRpdHkiOiJyZWhlYXJzYWwifX0.e30"

_write = writer(ensure_ascii=False)
_OK: Final = {"code": 200, "status": "OK"}
_MOMENT: Final = "2026-01-01T00:00:00.000Z"
_DATES: Final = {"date_created": _MOMENT, "date_updated": _MOMENT}
#: Stands for a conversation's own number, which all sids of what belongs to it share.
_NUMBER: Final = "0123456789abcdef0123456789abcdef"
_CH: Final = f"CH{_NUMBER}"
_SERVICE: Final = "IS00000000000000000000000000000000"
_USER: Final = "US00000000000000000000000000000000"
_REST: Final = f"https://aim.us1.twilio.com/Client/v2/Services/{_SERVICE}"
_SYNC: Final = f"https://cds.us1.twilio.com/v3/Services/{_SERVICE}"


def _object(kind: str, sid: str, name: str, **more: Any) -> dict[str, Any]:
    """A Sync object as it is described to who opens it."""
    url = f"{_SYNC}/{kind}/{sid}"
    links = {} if kind == "Documents" else {"links": {"items": f"{url}/Items"}}
    known = {"sid": sid, "unique_name": name, "account_sid": f"AC{_NUMBER}", "service_sid": _SERVICE, "url": url}
    return {**known, "revision": "2", "last_event_id": 2, **_DATES, "created_by": "system", **links, **more}


def _item(map_sid: str, key: str, data: dict[str, Any]) -> dict[str, Any]:
    url = f"{_SYNC}/Maps/{map_sid}/Items/{key}"
    return {"key": key, "map_sid": map_sid, "url": url, "revision": "0", "last_event_id": 1, "data": data, **_DATES}


def _participant(identity: str) -> dict[str, Any]:
    dates = {"dateCreated": _MOMENT, "dateUpdated": _MOMENT}
    read = {"lastConsumedMessageIndex": None, "lastConsumptionTimestamp": None}
    return {"identity": identity, "type": "chat", "roleSid": f"RL{_NUMBER}", "attributes": "{}", **dates, **read}


_NAMES: Final = {"messages": f"{_CH}.messages", "roster": f"{_CH}.roster"}
_STATE: Final = {"current": "active", "dateUpdated": _MOMENT}
_CONVERSATION: Final = {"friendlyName": "Rehearsal", "attributes": "{}", "createdBy": "rehearsal", "state": _STATE}
_PROFILE: Final = [
    _item(f"MP{'e' * 32}", key, value)
    for key, value in (
        ("attributes", {"value": "{}"}),
        ("friendlyName", {"value": "Rehearsal"}),
        ("identity", {"value": "rehearsal"}),
        ("reachability", {"online": True, "notifiable": True}),
    )
]
_PEOPLE: Final = [_item(f"MP{_NUMBER}", f"MB{n}{_NUMBER[1:]}", _participant(f"person {n}")) for n in range(2)]

#: By how the name ends that it is asked for by.
_OBJECTS: Final = {
    "channel": _object(
        "Documents",
        f"ET{_NUMBER}",
        f"{_CH}.channel",
        data={**_NAMES, **_CONVERSATION, "dateCreated": _MOMENT, "dateUpdated": _MOMENT, "bindings": {}},
    ),
    "messages": _object("Lists", f"ES{_NUMBER}", f"{_CH}.messages"),
    "roster": _object("Maps", f"MP{_NUMBER}", f"{_CH}.roster", items=_PEOPLE),
}
_TEXTS: Final = {name: _write(described) for name, described in _OBJECTS.items()}

_OWN: Final = _write(
    _item(
        f"MP{'f' * 32}",
        _CH,
        {"status": "joined", "channel": f"{_CH}.channel", **_NAMES, "lastConsumedMessageIndex": None},
    )
)
_LISTED: Final = _write(
    {
        "conversation_sid": _CH,
        "participant_sid": f"MB{_NUMBER}",
        "friendly_name": "Rehearsal",
        "attributes": "{}",
        "created_by": "rehearsal",
        **_DATES,
        "conversation_state": "active",
        "status": "joined",
        "last_read_message_index": None,
        "sync_objects": {
            "conversation": f"{_CH}.channel",
            "participants": _NAMES["roster"],
            "messages": _NAMES["messages"],
        },
        "links": {"conversation": f"{_REST}/Conversations/{_CH}"},
    }
)


def _for_each(text: str) -> str:
    return f"[{','.join([text.replace(_NUMBER, f'{number:032x}') for number in range(COUNT)])}]"


def _with_items(described: dict[str, Any], items: str) -> str:
    return f'{_write(described)[:-1]},"items":{items}}}'


_CONFIGURATION: Final = _write(
    {
        "identity": "rehearsal",
        "options": {},
        "sync_objects": {"my_conversations": "rehearsal.channels", "my_user_info": f"{_USER}.info"},
        "links": {
            "my_conversations": f"{_REST}/Users/{_USER}/Conversations",
            "conversations": f"{_REST}/Conversations",
            "users": f"{_REST}/Users",
            "typing": f"{_REST}/Typing",
            "media_service": f"{_REST}/Media",
            "media_set_service": f"{_REST}/MediaSet",
            "messages_receipts": f"{_REST}/Conversations/%s/Messages/%s/Receipts",
        },
    }
)
#: By how the path ends.
_ANSWERS: Final = {
    "/Configuration": _CONFIGURATION,
    f"{_USER}/Conversations": f'{{"conversations":{_for_each(_LISTED)},"meta":{{"next_token":null}}}}',
    "/rehearsal.channels": _with_items(_object("Maps", f"MP{'f' * 32}", "rehearsal.channels"), _for_each(_OWN)),
    f"/{_USER}.info": _with_items(_object("Maps", f"MP{'e' * 32}", f"{_USER}.info"), _write(_PROFILE)),
    "/Items": f'{{"items":{_for_each(_OWN)},"meta":{{"next_token":null,"previous_token":null}}}}',
    "/Subscriptions": '{"estimated_delivery_in_ms":10000,"max_batch_size":1000}',
}


def answer(asked: Packet) -> tuple[bytes, bool] | None:
    """The reply to a client's packet, and whether it is about one of many conversations. ``None`` where none is due."""
    reply = {"method": "reply", "id": asked.id, "status": _OK}
    if asked.method == "init":
        return encode({**reply, "continuation_token": "", "init_registrations": []}), False
    if asked.method != "message":
        return None
    path: str = asked.header["http_request"]["path"]
    number, _, name = path.rpartition("/")[2].removeprefix("CH").partition(".")
    if is_one_of_many := name in _TEXTS:
        text = _TEXTS[name].replace(_NUMBER, number)
    else:
        text = next((text for end, text in _ANSWERS.items() if path.endswith(end)), "{}")
    about = {"payload_type": "application/json", "http_status": _OK, "http_headers": {}}
    return encode({**reply, **about}, text), is_one_of_many
