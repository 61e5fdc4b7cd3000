"""Which host to use when none is given. Imports it only then: each needs things the other platform lacks."""

from __future__ import annotations

import sys

from pyconvo.hosts.base import Host


def default_host() -> Host:
    """The platform this interpreter runs on."""
    if sys.platform == "emscripten":
        from pyconvo.hosts.browser import BrowserHost

        return BrowserHost()
    from pyconvo.hosts.native import NativeHost

    return NativeHost()
