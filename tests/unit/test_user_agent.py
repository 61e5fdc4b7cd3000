"""What browsers say of themselves (real strings), and what of it goes into Twilsock's init."""

from __future__ import annotations

import pytest

from pyconvo.hosts.user_agent import browser_metadata

APPLE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            ("Chrome", "156.0.0.0", "Linux", "unknown", 64),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
            ("Firefox", "153.0", "Linux", "unknown", 64),
        ),
        (f"{APPLE} Version/18.2 Safari/605.1.15", ("Safari", "18.2", "OS X", "10.15.7", 64)),
        (
            f"{WINDOWS} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            ("Microsoft Edge", "140.0.0.0", "Windows", "10.0", 64),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.1 Mobile/15E148 Safari/604.1",
            ("Safari", "18.1", "iOS", "18.1", 64),
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
            "Mobile Safari/537.36",
            ("Chrome", "140.0.0.0", "Android", "10", 32),
        ),
        ("", ("unknown", "unknown", "unknown", "unknown", 32)),
    ],
)
def test_reads(user_agent: str, expected: tuple[str, str, str, str, int]) -> None:
    found = browser_metadata(user_agent)
    assert (found["env"], found["envv"], found["os"], found["osv"], found["osa"]) == expected
