"""The settings of webhooks and the rules for them: one record for the account, one for the service, five for each
conversation.

Who changes them is a server-side program or a test: there are no permissions. Not responsible for HTTP.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.webhooks.names import POST, PRE, SCOPED
from pyconvo.emulator.webhooks.records import ACCOUNT, SCOPED_HOOKS, SETTINGS, HookSettings, ScopedHook

TARGETS: Final = ("webhook", "trigger", "studio")
MOST_PER_CONVERSATION: Final = 5
MOST_TRIGGERS: Final = 100
LONGEST_TRIGGER: Final = 248
LONGEST_URL: Final = 512
_FLOW_SID: Final = re.compile(r"FW[0-9a-fA-F]{32}")
_HOOK_SID: Final = re.compile(r"WH[0-9a-fA-F]{32}")


class HookRules:
    def __init__(self, context: Context, account: HookRules | None = None) -> None:
        """``account``: who keeps the account's settings; None: this one."""
        self._context = context
        self._account = account
        #: By scope: asked for several times at every change of anything. Nobody else writes that table.
        self._known: dict[str, HookSettings] = {}

    # -- the account's and the service's

    def get(self, scope: str) -> HookSettings:
        """Those of ``account`` or of a service's sid; nothing is sent while nothing has been set."""
        if scope == ACCOUNT and self._account is not None:
            return self._account.get(scope)
        found = self._known.get(scope)
        if found is None:
            stored = SETTINGS.get(self._context.db, scope)
            found = self._known[scope] = stored or HookSettings(scope, None, None, "POST", "[]", "webhook")
        return found

    def update(self, scope: str, changes: Mapping[str, Any]) -> HookSettings:
        """Changes ``pre_webhook_url``, ``post_webhook_url`` (empty: none), ``method``, ``filters``, ``target``.

        Raises:
            TwilioError: 50077/50078 bad URL, 50055 bad method, 50054 unknown event in ``filters`` or bad target.
        """
        if scope == ACCOUNT and self._account is not None:
            return self._account.update(scope, changes)
        current = self.get(scope)
        made = replace(
            current,
            pre_url=_service_url(changes, "pre_webhook_url", current.pre_url, Code.PRE_WEBHOOK_URL),
            post_url=_service_url(changes, "post_webhook_url", current.post_url, Code.POST_WEBHOOK_URL),
            method=_method(changes.get("method"), current.method),
            filters=current.filters,
            target=changes.get("target") or current.target,
        )
        if made.target not in ("webhook", "flex"):
            raise refusal(Code.WEBHOOK_FORMAT, "the target is webhook or flex")
        if changes.get("filters") is not None:
            names = _texts(changes["filters"])
            unknown = [name for name in names if name not in PRE | POST]
            if unknown:
                raise refusal(Code.WEBHOOK_FORMAT, f"filters: there is no event {unknown[0]!r}")
            made = replace(made, filters=json.dumps(names))
        try:
            with self._context.store.transaction():
                SETTINGS.delete(self._context.db, "scope = ?", scope)
                SETTINGS.insert(self._context.db, made)
        finally:
            self._known.pop(scope, None)
        return made

    def for_phase(self, service_sid: str, name: str) -> tuple[str, str] | None:
        """URL and method for the event ``name``: the service's, where it has a URL for this phase, or the account's."""
        for scope in (service_sid, ACCOUNT):
            found = self.get(scope)
            url = found.pre_url if name in PRE else found.post_url
            if url is not None:
                return (url, found.method) if name in found.names else None
        return None

    # -- a conversation's

    def of(self, conversation_sid: str) -> list[ScopedHook]:
        return SCOPED_HOOKS.many(self._context.db, "conversation_sid = ? ORDER BY rowid", conversation_sid)

    def find(self, conversation_sid: str, sid: str) -> ScopedHook:
        """Raises:
        TwilioError: 400/50363 for what is no sid of a webhook, 404/50360 when there is none.
        """
        if not _HOOK_SID.fullmatch(sid):
            raise refusal(Code.WEBHOOK_SID_INVALID, sid)
        found = SCOPED_HOOKS.one(self._context.db, "sid = ? AND conversation_sid = ?", sid, conversation_sid)
        if found is None:
            raise refusal(Code.WEBHOOK_NOT_FOUND, f"{sid} in {conversation_sid}")
        return found

    def create(self, conversation_sid: str, given: Mapping[str, Any]) -> ScopedHook:
        """A webhook from ``target``, ``url``, ``method``, ``filters``, ``triggers``, ``flow_sid``, ``replay_after``.

        Raises:
            TwilioError: 50368/50364 no or bad target, 50369/50372 no or too long URL, 50370/50365 no or bad filters,
                50371/50366/50362 no, bad or too many triggers, 50367 bad flow, 50361 a sixth one, 50054, 50055.
        """
        target = given.get("target")
        if not target:
            raise refusal(Code.WEBHOOK_TYPE_MISSING)
        if target not in TARGETS:
            raise refusal(Code.WEBHOOK_TYPE_INVALID, f"{target!r} is none of {', '.join(TARGETS)}")
        if len(self.of(conversation_sid)) >= MOST_PER_CONVERSATION:
            raise refusal(Code.TOO_MANY_WEBHOOKS, f"{MOST_PER_CONVERSATION} are allowed")
        replay_after = given.get("replay_after")
        if replay_after is not None and (isinstance(replay_after, bool) or not isinstance(replay_after, int)):
            raise refusal(Code.WEBHOOK_FORMAT, "replay_after must be the index of a message")
        now = self._context.clock.iso()
        made = ScopedHook(
            sid=self._context.ids.sid("WH"),
            conversation_sid=conversation_sid,
            target=target,
            url=None,
            method="POST",
            filters="[]",
            triggers="[]",
            flow_sid=None,
            replay_after=replay_after,
            date_created=now,
            date_updated=now,
        )
        made = self._complete(made, given)
        with self._context.store.transaction():
            SCOPED_HOOKS.insert(self._context.db, made)
        return made

    def checked(self, given: Mapping[str, Any]) -> ScopedHook:
        """The webhook that ``create`` would make, for nobody yet. Raises as ``create``."""
        target = str(given["target"])
        return self._complete(ScopedHook("", "", target, None, "POST", "[]", "[]", None, None, "", ""), given)

    def change(self, conversation_sid: str, sid: str, given: Mapping[str, Any]) -> ScopedHook:
        """Changes what ``given`` has, except the target. Raises as ``find`` and ``create``."""
        current = self.find(conversation_sid, sid)
        made = self._complete(replace(current, date_updated=self._context.clock.iso()), given)
        with self._context.store.transaction():
            SCOPED_HOOKS.update(self._context.db, made)
        return made

    def remove(self, conversation_sid: str, sid: str) -> None:
        """Raises as ``find``."""
        self.find(conversation_sid, sid)
        SCOPED_HOOKS.delete(self._context.db, "sid = ?", sid)

    def forget(self, conversation_sid: str) -> None:
        """Their conversation is gone."""
        SCOPED_HOOKS.delete(self._context.db, "conversation_sid = ?", conversation_sid)

    def _complete(self, hook: ScopedHook, given: Mapping[str, Any]) -> ScopedHook:
        """``hook`` with what is given, checked by what its target needs."""
        made = replace(hook, method=_method(given.get("method"), hook.method))
        if given.get("url") is not None:
            made = replace(made, url=_scoped_url(given["url"]))
        if given.get("filters") is not None:
            made = replace(made, filters=json.dumps(_scoped_filters(given["filters"])))
        if given.get("triggers") is not None:
            made = replace(made, triggers=json.dumps(_triggers(given["triggers"])))
        if given.get("flow_sid") is not None:
            made = replace(made, flow_sid=str(given["flow_sid"]))
        if made.target == "studio":
            if made.flow_sid is None or not _FLOW_SID.fullmatch(made.flow_sid):
                raise refusal(Code.WEBHOOK_FLOW_INVALID, str(made.flow_sid))
            return made
        if not made.url:
            raise refusal(Code.WEBHOOK_URL_MISSING)
        if made.target == "webhook" and not made.names:
            raise refusal(Code.WEBHOOK_FILTER_MISSING)
        if made.target == "trigger" and not made.words:
            raise refusal(Code.WEBHOOK_TRIGGER_MISSING)
        return made


def _texts(value: Any) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise refusal(Code.WEBHOOK_FORMAT, "a list of names is expected")
    return list(dict.fromkeys(str(one) for one in value))


def _scoped_filters(value: Any) -> list[str]:
    names = _texts(value)
    for name in names:
        if name not in SCOPED:
            raise refusal(Code.WEBHOOK_FILTER_INVALID, f"{name!r} is none of {', '.join(sorted(SCOPED))}")
    return names


def _triggers(value: Any) -> list[str]:
    words = _texts(value)
    if len(words) > MOST_TRIGGERS:
        raise refusal(Code.TOO_MANY_TRIGGERS, f"{MOST_TRIGGERS} are allowed")
    for word in words:
        if not 0 < len(word) <= LONGEST_TRIGGER:
            raise refusal(Code.WEBHOOK_TRIGGER_INVALID, f"a keyword has 1 to {LONGEST_TRIGGER} characters")
    return words


def _method(value: Any, otherwise: str) -> str:
    if value is None or value == "":
        return otherwise
    method = str(value).upper()
    if method not in ("GET", "POST"):
        raise refusal(Code.WEBHOOK_METHOD, f"{value!r} is neither GET nor POST")
    return method


def _service_url(changes: Mapping[str, Any], name: str, otherwise: str | None, code: Code) -> str | None:
    if name not in changes:
        return otherwise
    url = changes[name]
    if url is None or url == "":
        return None
    if not isinstance(url, str) or not _is_url(url) or len(url) > LONGEST_URL:
        raise refusal(code, f"{url!r} is not an absolute http(s) address of at most {LONGEST_URL} characters")
    return url


def _scoped_url(url: Any) -> str:
    if not isinstance(url, str) or url == "":
        raise refusal(Code.WEBHOOK_URL_MISSING)
    if len(url) > LONGEST_URL:
        raise refusal(Code.WEBHOOK_URL_TOO_LONG, f"{len(url)} characters, {LONGEST_URL} are allowed")
    if not _is_url(url):
        raise refusal(Code.WEBHOOK_FORMAT, f"{url!r} is not an absolute http(s) address")
    return url


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
