"""The REST API as plain HTTP: addresses, methods, forms, errors, pages."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pyconvo.emulator.config import ACCOUNT_SID, AUTH_TOKEN
from pyconvo.testing import Emulator


@pytest.fixture
def http(emulator: Emulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=emulator.url, auth=(ACCOUNT_SID, AUTH_TOKEN), trust_env=False) as client:
        yield client


def test_an_error_has_twilios_form(http: httpx.Client) -> None:
    answer = http.get("/v1/Conversations/nowhere")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert answer.json() == {
        "status": 404,
        "code": 50350,
        "message": "Conversation not found: nowhere",
        "more_info": "https://www.twilio.com/docs/errors/50350",
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/Conversations", {"POST", "GET"}),
        ("DELETE", "/v1/Configuration", {"POST", "GET"}),
        ("POST", "/v1/ParticipantConversations", {"GET"}),
        ("POST", "/v1/Conversations/a/Messages/b/Receipts", {"GET"}),
        ("PATCH", "/v1/Users/a", {"POST", "GET", "DELETE"}),
    ],
)
def test_a_wrong_method(http: httpx.Client, method: str, path: str, allowed: set[str]) -> None:
    answer = http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, 20004)
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/v1/", "/v1/Nonsense", "/v1/Conversations/a/b", f"/v1/Services/IS{'1' * 32}/Users"])
def test_a_wrong_address(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_only_forms_are_read(http: httpx.Client) -> None:
    assert http.post("/v1/Conversations", data={"UniqueName": "a b&c=d/é"}).json()["unique_name"] == "a b&c=d/é"
    assert http.get("/v1/Conversations/a%20b%26c%3Dd%2F%C3%A9").status_code == 200
    refused = http.post("/v1/Conversations", json={"UniqueName": "x"})
    assert (refused.status_code, refused.json()["code"]) == (400, 20001)
    assert http.post("/v1/Conversations").status_code == 201


def test_pages(http: httpx.Client, emulator: Emulator) -> None:
    emulator.seed({"users": [f"user{n:02}" for n in range(5)]})
    first = http.get("/v1/Users?PageSize=2").json()
    meta = first["meta"]
    assert (meta["page"], meta["page_size"], meta["key"], meta["previous_page_url"]) == (0, 2, "users", None)
    assert meta["url"] == meta["first_page_url"] == f"{emulator.url}/v1/Users?PageSize=2&Page=0"
    second = http.get(meta["next_page_url"]).json()
    assert [one["identity"] for one in second["users"]] == ["user02", "user03"]
    assert second["meta"]["page"] == 1
    last = http.get(second["meta"]["next_page_url"]).json()
    assert ([one["identity"] for one in last["users"]], last["meta"]["next_page_url"]) == (["user04"], None)
    back = http.get(last["meta"]["previous_page_url"]).json()
    assert [one["identity"] for one in back["users"]] == ["user02", "user03"]
    assert [one["identity"] for one in http.get("/v1/Users?PageSize=2&Page=2").json()["users"]] == ["user04"]
    assert http.get("/v1/Users?PageSize=9999").json()["meta"]["page_size"] == 50
    for query in ("PageSize=0", "PageSize=x", "Page=-1", "PageToken=PT1", f"PageSize={'9' * 5000}"):
        assert http.get(f"/v1/Users?{query}").json()["code"] == 20001
