"""Which notifications the service sends, and in which words: off by default, as at Twilio.

Templates know ``${CONVERSATION}``, ``${PARTICIPANT}`` (who caused it), ``${MESSAGE}``, and for messages with media
``${MEDIA_COUNT}`` and ``${MEDIA}``. The wording of the defaults for media is ours: Twilio's is not known here.
Not responsible for who gets one (``outbox``).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.push.records import SETTINGS, Settings

NEW_MESSAGE: Final = "new_message"
ADDED: Final = "added_to_conversation"
REMOVED: Final = "removed_from_conversation"

_DEFAULTS: Final[dict[str, Any]] = {
    NEW_MESSAGE: {
        "enabled": False,
        "template": "${CONVERSATION};${PARTICIPANT}: ${MESSAGE}",
        "sound": "",
        "badge_count_enabled": False,
        "with_media": {"enabled": False, "template": "${CONVERSATION};${PARTICIPANT}: ${MEDIA}"},
    },
    ADDED: {
        "enabled": False,
        "template": "You have been added to the conversation ${CONVERSATION} by ${PARTICIPANT}",
        "sound": "",
    },
    REMOVED: {
        "enabled": False,
        "template": "${PARTICIPANT} has removed you from the conversation ${CONVERSATION}",
        "sound": "",
    },
    "log_enabled": False,
}
_VARIABLE: Final = re.compile(r"\$\{([A-Z_]+)\}")


class Notifications:
    def __init__(self, context: Context) -> None:
        self._context = context

    def get(self) -> dict[str, Any]:
        """``new_message``, ``added_to_conversation``, ``removed_from_conversation`` (objects) and ``log_enabled``."""
        found = SETTINGS.get(self._context.db, self._context.settings.service_sid)
        return _merged(copy.deepcopy(_DEFAULTS), json.loads(found.settings) if found else {}, "")

    def update(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Changes what is given, by the names of ``get``, nested as there.

        Raises:
            TwilioError: 400/20001 for a name that does not exist or a value of another type.
        """
        made = _merged(self.get(), changes, "")
        service_sid = self._context.settings.service_sid
        with self._context.store.transaction():
            SETTINGS.delete(self._context.db, "service_sid = ?", service_sid)
            SETTINGS.insert(self._context.db, Settings(service_sid, json.dumps(made)))
        return made


def rendered(template: str, values: Mapping[str, str]) -> str:
    """The template with its variables filled in; unknown ones stay."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), template)


def _merged(target: dict[str, Any], changes: Mapping[str, Any], path: str) -> dict[str, Any]:
    for name, value in changes.items():
        known = target.get(name)
        if known is None:
            raise refusal(Code.BAD_REQUEST, f"notifications have no {path}{name}; known: {', '.join(target)}")
        if isinstance(known, dict):
            if not isinstance(value, Mapping):
                raise refusal(Code.BAD_REQUEST, f"{path}{name} must be an object")
            _merged(known, value, f"{path}{name}.")
        elif type(value) is not type(known):
            wanted = "true or false" if isinstance(known, bool) else "a text"
            raise refusal(Code.BAD_REQUEST, f"{path}{name} must be {wanted}")
        else:
            target[name] = value
    return target
