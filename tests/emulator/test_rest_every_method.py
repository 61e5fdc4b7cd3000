"""Every method of every resource in the Conversations namespace of Twilio's library is carried out by the emulator.

The methods are found by looking at the library: one that a later version brings fails here until it is known. And each
answer must hold exactly the properties that the library reads.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import twilio.rest.conversations.v1 as library
from library_resources import EVERY, Resource, World, resources_of
from twilio.rest import Client

from pyconvo.testing import Emulator, twilio_client

METHOD = re.compile(r"(create|fetch|update|delete|stream|list|page|get_page|get)(_with_http_info)?(_async)?")
#: What the library makes of an answer, beside its properties.
HELPERS = {"get_instance"}


def modules() -> dict[str, Any]:
    """The library's modules of resources, by their names below ``v1``."""
    prefix = library.__name__ + "."
    return {
        one.name.removeprefix(prefix): importlib.import_module(one.name)
        for one in pkgutil.walk_packages(library.__path__, prefix)
    }


def methods(module: Any, kind: str) -> list[str]:
    """Of the class ``…List``, ``…Context`` or ``…Instance`` of a module."""
    return [
        name
        for title, cls in vars(module).items()
        if inspect.isclass(cls) and cls.__module__ == module.__name__ and title.endswith(kind)
        for name, member in vars(cls).items()
        if inspect.isfunction(member) and not name.startswith("_") and name not in HELPERS
    ]


def test_no_resource_is_unknown() -> None:
    assert set(EVERY) == set(modules())
    unknown = [
        (name, method)
        for name, module in modules().items()
        for kind in ("List", "Context", "Instance")
        for method in methods(module, kind)
        if METHOD.fullmatch(method) is None
    ]
    assert unknown == []


class Caller:
    """Calls the methods of one resource, with a client that can do the kind asked for."""

    def __init__(self, resource: Resource, world: World, api: Any, http: Any) -> None:
        self.resource = resource
        self.world = world
        self.place = resource.place(api, world)
        self.http = http

    async def call(self, target: Any, method: str) -> Any:
        found = METHOD.fullmatch(method)
        assert found is not None
        given: dict[str, Any] = {
            "create": self.resource.create(),
            "update": self.resource.update,
            "list": self.resource.select,
            "stream": self.resource.select,
            "page": self.resource.select,
        }.get(found[1], {})
        arguments: list[Any] = []
        if found[1] == "get_page":
            await self.result(getattr(self.place, "page" + (found[3] or ""))(**self.resource.select))
            arguments = [self.answer()["meta"]["url"]]
        elif found[1] == "get":
            sid = self.resource.fresh(self.world)
            arguments = [] if sid is None else [sid]
        return await self.result(getattr(target, method)(*arguments, **given))

    async def result(self, result: Any) -> Any:
        """What a call comes to: awaited, and read to its end."""
        if inspect.isawaitable(result):
            result = await result
        streamed = result[0] if isinstance(result, tuple) else result
        if isinstance(streamed, AsyncIterator):
            return [one async for one in streamed]
        return list(streamed) if isinstance(streamed, Iterator) else result

    def answer(self) -> Any:
        """The last answer's JSON; None where it had no content."""
        last = self.http._test_only_last_response
        return json.loads(last.text) if last.text else None

    def context(self) -> Any:
        sid = self.resource.fresh(self.world)
        return self.place() if sid is None else self.place(sid)

    async def instance(self, asynchronous: bool) -> Any:
        return await self.result(getattr(self.context(), "fetch_async" if asynchronous else "fetch")())


def check(module: Any, answer: Any) -> None:
    """The answer has the properties that the library's instances have, each of them."""
    (cls,) = [
        one
        for title, one in vars(module).items()
        if inspect.isclass(one) and one.__module__ == module.__name__ and title.endswith("Instance")
    ]
    known = set(re.findall(r'payload\.get\(\s*"(\w+)"', inspect.getsource(cls)))
    entries = [answer] if "meta" not in answer else answer[answer["meta"]["key"]]
    for entry in entries:
        assert set(entry) == known


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("name", list(EVERY))
async def test_every_method(emulator: Emulator, name: str, asynchronous: bool) -> None:
    module = modules()[name]
    resource, named = EVERY[name]
    server = twilio_client(emulator)
    v1 = server.conversations.v1
    world = World.made(emulator, resources_of(v1, named), v1)
    other: Client = twilio_client(emulator, asynchronous=True) if asynchronous else server
    http = other.http_client
    caller = Caller(resource, world, resources_of(other.conversations.v1, named), http)
    called = 0
    try:
        for kind in ("List", "Context", "Instance"):
            for method in methods(module, kind):
                # Those that send nothing are the same for both.
                if method.endswith("_async") != asynchronous and method != "get":
                    continue
                called += 1
                target = caller.place
                if kind != "List":
                    target = caller.context() if kind == "Context" else await caller.instance(asynchronous)
                http._test_only_last_response = None
                result = await caller.call(target, method)
                if method.startswith("delete"):
                    assert http._test_only_last_response.status_code == 204
                elif method == "get":
                    assert result is not None
                else:
                    check(module, caller.answer())
    finally:
        if asynchronous:
            await http.close()
    assert called > 1
