"""Content templates: kept, listed, and filled in for a message.

A message made from a template carries the filled-in content as a medium of category ``body``, in one form: the richest
that the template has. Which one Twilio takes for chat is not known here. Not responsible for HTTP (``handlers``).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.schema import Table

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS content_templates (
    sid TEXT PRIMARY KEY, friendly_name TEXT NOT NULL, language TEXT NOT NULL, variables TEXT NOT NULL,
    variants TEXT NOT NULL, date_created TEXT NOT NULL, date_updated TEXT NOT NULL)
"""

#: Of the content types that clients know, the fields that must be there.
_REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "twilio/card": ("title",),
    "twilio/list-picker": ("body", "button", "items"),
    "twilio/call-to-action": ("body", "actions"),
    "twilio/quick-reply": ("body", "actions"),
    "twilio/location": ("longitude", "latitude"),
    "twilio/media": ("media",),
    "twilio/text": ("body",),
}
#: Richest first.
_PREFERENCE: Final = tuple(_REQUIRED)
_MEDIA_TYPE: Final = "application/x-vnd.com.twilio.rich."
_PLACE: Final = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")
_SID: Final = re.compile(r"HX[0-9a-fA-F]{32}")
_LONGEST_NAME: Final = 450


@dataclass(frozen=True, slots=True)
class ContentTemplate:
    sid: str
    friendly_name: str
    language: str
    variables: str
    """JSON object: the names of places, with the texts that stand there unless others are given."""
    variants: str
    """JSON object: content by type, such as ``twilio/text``."""
    date_created: str
    date_updated: str


CONTENT_TEMPLATES: Final = Table("content_templates", ContentTemplate)


@dataclass(frozen=True, slots=True)
class RichContent:
    """A template, filled in. ``text`` is for channels that carry nothing else."""

    content_sid: str
    media_type: str
    data: bytes
    text: str | None


def create_tables(db: sqlite3.Connection) -> None:
    db.execute(SCHEMA)


class ContentTemplates:
    def __init__(self, context: Context) -> None:
        """Creates what is missing in the database."""
        self._context = context
        with context.store.transaction():
            create_tables(context.db)

    # -- reading ---------------------------------------------------------------------------------------------------

    def page(self, *, after: int = 0, size: int = 100) -> tuple[list[ContentTemplate], int | None]:
        """Up to ``size`` templates in the order of creation, and where the next page starts (None: end)."""
        sql = "SELECT rowid, sid FROM content_templates WHERE rowid > ? ORDER BY rowid LIMIT ?"
        rows = self._context.db.execute(sql, (after, size + 1)).fetchall()
        return [self.get(sid) for _, sid in rows[:size]], int(rows[size - 1][0]) if len(rows) > size else None

    def get(self, sid: str) -> ContentTemplate:
        """Raises ``TwilioError`` 404/20404 when there is none."""
        found = CONTENT_TEMPLATES.get(self._context.db, sid)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"content template {sid}")
        return found

    # -- commands --------------------------------------------------------------------------------------------------

    def create(
        self,
        friendly_name: Any,
        variants: Any,
        *,
        variables: Any = None,
        language: Any = "en",
        sid: Any = None,
    ) -> ContentTemplate:
        """A new template. ``variants``: content by type; ``variables``: texts by name; ``sid``: for fixtures.

        Raises:
            TwilioError: 400/20001 for content without what its type needs, or anything else of a wrong form.
        """
        context, now = self._context, self._context.clock.iso()
        if not isinstance(variants, Mapping) or not variants:
            raise refusal(Code.BAD_REQUEST, "a content template needs types: content by type, such as twilio/text")
        for kind, content in variants.items():
            if not isinstance(content, Mapping):
                raise refusal(Code.BAD_REQUEST, f"the content of type {kind} must be an object")
            if missing := [name for name in _REQUIRED.get(kind, ()) if name not in content]:
                raise refusal(Code.BAD_REQUEST, f"the content of type {kind} has no {', '.join(missing)}")
        if sid is not None and not (isinstance(sid, str) and _SID.fullmatch(sid)):
            raise refusal(Code.BAD_REQUEST, f"the sid of a content template is HX and 32 hex digits, not {sid!r}")
        if sid is not None and CONTENT_TEMPLATES.get(context.db, sid):
            raise refusal(Code.BAD_REQUEST, f"there is a content template {sid} already")
        made = ContentTemplate(
            sid=sid or context.ids.sid("HX"),
            friendly_name=_text(friendly_name, "friendly_name") or "",
            language=_text(language, "language") or "en",
            variables=json.dumps(_texts({} if variables is None else variables), ensure_ascii=False),
            variants=json.dumps(variants, ensure_ascii=False),
            date_created=now,
            date_updated=now,
        )
        with context.store.transaction():
            CONTENT_TEMPLATES.insert(context.db, made)
        return made

    def delete(self, sid: str) -> None:
        """Messages made from it stay. Raises ``TwilioError`` 404/20404 when there is none."""
        self.get(sid)
        with self._context.store.transaction():
            CONTENT_TEMPLATES.delete(self._context.db, "sid = ?", sid)

    def filled(self, sid: Any, variables: Any) -> RichContent:
        """The template's content for a message. ``variables``: JSON text of an object; what it lacks has its default.

        Raises:
            TwilioError: 404/20404 no such template, 400/20001 variables that are no texts by name.
        """
        template = self.get(str(sid))
        values = json.loads(template.variables) | _given(variables)
        variants: dict[str, Any] = json.loads(template.variants)
        kind = next((one for one in _PREFERENCE if one in variants), next(iter(variants)))
        content = _filled(variants[kind], values)
        plain = _filled(variants.get("twilio/text", {}), values).get("body") or content.get("body")
        text = plain or content.get("title")
        return RichContent(
            content_sid=template.sid,
            media_type=_MEDIA_TYPE + kind.replace("/", "."),
            data=json.dumps({"data": content}, ensure_ascii=False).encode(),
            text=text if isinstance(text, str) else None,
        )


def _filled(content: Any, values: Mapping[str, str]) -> Any:
    """The same with its places filled in, wherever they are; a place without a text stays."""
    if isinstance(content, str):
        return _PLACE.sub(lambda place: values.get(place[1], place[0]), content)
    if isinstance(content, dict):
        return {key: _filled(value, values) for key, value in content.items()}
    if isinstance(content, list):
        return [_filled(value, values) for value in content]
    return content


def _given(variables: Any) -> dict[str, str]:
    if variables is None:
        return {}
    try:
        return _texts(json.loads(variables) if isinstance(variables, str) else variables)
    except ValueError:
        raise refusal(Code.BAD_REQUEST, "content_variables is not JSON") from None


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise refusal(Code.BAD_REQUEST, "the variables of a content template are texts by name")
    return dict(value)


def _text(value: Any, name: str) -> str | None:
    return limits.text(value, name, longest=_LONGEST_NAME, code=Code.BAD_REQUEST)
