"""The surface table against the two things that it describes: the Python model and the types for page authors."""

from __future__ import annotations

import inspect
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pyconvo.bridge.surface import ClassSpec, surface
from pyconvo.channels import ChannelMetadata, EmailRecipientDescriptor, UnknownRecipientDescriptor
from pyconvo.client import Client
from pyconvo.conversation import Conversation
from pyconvo.media import Media
from pyconvo.message import Message
from pyconvo.message_builder import MessageBuilder
from pyconvo.paginator import Paginator, RestPaginator
from pyconvo.participant import Participant
from pyconvo.receipts import AggregatedDeliveryReceipt, DetailedDeliveryReceipt
from pyconvo.user import User
from pyconvo.version import OFFICIAL_SDK_VERSION

TABLE: dict[str, Any] = json.loads(files("pyconvo.bridge").joinpath("surface.json").read_text("utf-8"))
TYPES = Path(__file__).resolve().parents[2] / "web" / "types"
MODEL: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Client,
        Conversation,
        Participant,
        Message,
        User,
        Paginator,
        Media,
        RestPaginator,
        AggregatedDeliveryReceipt,
        DetailedDeliveryReceipt,
        ChannelMetadata,
        EmailRecipientDescriptor,
        UnknownRecipientDescriptor,
        MessageBuilder,
    )
}

classes = pytest.mark.parametrize("spec", surface().values(), ids=lambda spec: spec.name)


@classes
def test_the_model_has_every_member(spec: ClassSpec) -> None:
    kind = MODEL[spec.name]
    fields = getattr(kind, "__dataclass_fields__", {})
    for python in spec.properties.values():
        if python.startswith("_"):
            continue  # for the page's own use
        assert python in fields or isinstance(inspect.getattr_static(kind, python), property), python
    for name, python in spec.methods.items():
        assert inspect.iscoroutinefunction(inspect.unwrap(getattr(kind, python))), python
        rules = TABLE["classes"][spec.name]["members"][name].get("rules", [])
        parameters = list(inspect.signature(getattr(kind, python)).parameters)
        assert len(parameters) - 1 >= len(rules), f"{python}{parameters} takes fewer arguments than the page may give"


def test_the_model_has_nothing_that_pages_cannot_reach() -> None:
    for spec in surface().values():
        known = {*spec.properties.values(), *spec.methods.values()} | PYTHON_ONLY
        known |= _public(MODEL[spec.name].__mro__[1]) | set(spec.events.values())
        missing = _public(MODEL[spec.name]) - known
        assert not missing or spec.local, f"{spec.name}: {sorted(missing)}"


#: Spelled otherwise on the page, or done there; or of the mobile SDKs and Python.
PYTHON_ONLY = {"create", "version", "prepare_message", "parse_push_notification", "populate_init_registrations"} | {
    "token", "pages",
    "synchronization_status", "synchronization_status_updated", "conversation_synchronization_status_updated",
    "attached_media", "get_email_body", "get_email_history", "get_media_by_categories", "get_media_by_category",
}  # fmt: skip


def _public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_version() -> None:
    assert TABLE["version"] == OFFICIAL_SDK_VERSION


@classes
def test_the_types_have_every_member(spec: ClassSpec) -> None:
    text = "\n".join(path.read_text("utf-8") for path in sorted(TYPES.glob("*.d.ts")))
    found = re.search(
        rf"(?:declare class|interface) {spec.name}(?:<T>)?(?: (?:extends|implements) [^{{]+)? \{{\n(.*?)\n\}}",
        text,
        re.S,
    )
    assert found, f"{spec.name} is not declared"
    declared = set(re.findall(r"^  (?:static |readonly |get |private )*(\w+)[(?:]", found[1], re.M))
    entry = TABLE["classes"][spec.name]
    members = {name for name, member in entry["members"].items() if not member.get("internal")}
    expected = {*members, *entry.get("events", {}), "constructor"}
    if spec.name == "Paginator":
        expected -= {"constructor"}  # an interface
    # Whether everything that is declared exists is the parity test's question, asked in a browser.
    assert expected <= declared, sorted(expected - declared)
