"""What becomes part of the memory snapshot that pages start from, and what each page must have of its own afterwards.

The build starts Python once, calls :func:`prepare`, and keeps the memory; a page that has restored it calls
:func:`renew` before anything else. Files are no part of a snapshot: what may ever be imported or read must be there
by then. Not responsible for the memory itself, see ``web/pipeline/make_snapshot.mjs``.
"""

from __future__ import annotations

import importlib
import linecache
import logging
import os
import random
import re
import sys
import time
from collections.abc import Mapping

from pyconvo.bridge.known_code import step_back
from pyconvo.bridge.surface import surface
from pyconvo.bridge.variety import variety

#: What a page runs, and what of the library is only imported when it is needed (a test looks whether one is missing).
MODULES = (
    "pyconvo",
    "pyconvo.bridge",
    "pyconvo.hosts.browser",
    "pyconvo.hosts.default",
    "encodings.ascii",
    "encodings.latin_1",
    "encodings.utf_16_be",
    "hashlib",
)

#: What a page calls before anything else; it knows its address alone.
FIRST = variety()


def prepare() -> int:
    """Import everything, forget what belongs to the machine and the moment. To be called by the build, at the end.

    Returns the address of :data:`FIRST`.
    """
    for name in MODULES:
        importlib.import_module(name)
    surface()
    sys.argv = [""]
    sys.orig_argv[:] = [""]
    os.environ.clear()
    linecache.clearcache()
    re.purge()
    # Their files will not be there: an import must fail as one of a module that does not exist.
    importlib.import_module("zipimport")._zip_directory_cache.clear()
    sys.path_importer_cache.clear()
    while "" in sys.path:
        sys.path.remove("")
    logging._startTime = 0  # type: ignore[attr-defined]
    # Each page has its own, see ``renew``; this one only says the same at every build.
    random.seed(0)
    return id(FIRST)


def renew(environment: Mapping[str, str]) -> None:
    """Give this interpreter its own randomness, start time, time zone and ``environment``."""
    step_back()
    random.seed()
    os.environ.clear()
    os.environ.update(environment)
    logging._startTime = time.time_ns()  # type: ignore[attr-defined]
    _renew_time_zone()


def _renew_time_zone() -> None:
    """The module's constants; conversions ask the browser each time anyway."""
    year = time.localtime().tm_year
    moments = [time.localtime(time.mktime((year, month, 1, 12, 0, 0, 0, 0, -1))) for month in (1, 7)]
    standard, summer = sorted(moments, key=lambda moment: moment.tm_gmtoff)
    time.timezone, time.altzone = -standard.tm_gmtoff, -summer.tm_gmtoff
    time.daylight = int(standard.tm_gmtoff != summer.tm_gmtoff)
    time.tzname = (standard.tm_zone, summer.tm_zone)
