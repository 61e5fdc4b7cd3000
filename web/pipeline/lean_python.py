"""Keeps out of the snapshot what no page needs of Python's library and of Pyodide.

Runs in the Python that becomes the snapshot: as ``sitecustomize`` before anything else is imported, :func:`finish` at
the end. What is left out still imports meanwhile, as a module without contents: whoever uses a name of it later gets an
ImportError that says so. Afterwards its import fails as that of any module that does not exist. Not responsible for
what pyconvo imports (a test holds that against ``ABSENT``).
"""

from __future__ import annotations

import gc
import sys
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any, NoReturn

#: Sockets, processes, files and archives: things that a page does not have, and what only they need.
ABSENT = frozenset(
    {
        "asyncio.base_events",
        "asyncio.base_subprocess",
        "asyncio.graph",
        "asyncio.protocols",
        "asyncio.selector_events",
        "asyncio.sslproto",
        "asyncio.staggered",
        "asyncio.streams",
        "asyncio.subprocess",
        "asyncio.threads",
        "asyncio.transports",
        "asyncio.trsock",
        "asyncio.unix_events",
        "bz2",
        "codeop",
        "compression",
        "dis",
        "email",
        "encodings.cp437",
        "fcntl",
        "fnmatch",
        "glob",
        "importlib.metadata",
        "importlib.readers",
        "importlib.resources",
        "ipaddress",
        "locale",
        "lzma",
        "ntpath",
        "opcode",
        "pathlib",
        "pyodide._package_loader",
        "pyodide.common",
        "select",
        "selectors",
        "shutil",
        "signal",
        "socket",
        "ssl",
        "subprocess",
        "tempfile",
        "zipfile",
    }
)
#: Asked for at every start, by Pyodide itself.
STAYS = "pyodide._package_loader"
#: ``dis.COMPILER_FLAG_NAMES``: ``inspect`` makes its constants of them.
FLAGS = {
    1: "OPTIMIZED",
    2: "NEWLOCALS",
    4: "VARARGS",
    8: "VARKEYWORDS",
    16: "NESTED",
    32: "GENERATOR",
    64: "NOFREE",
    128: "COROUTINE",
    256: "ITERABLE_COROUTINE",
    512: "ASYNC_GENERATOR",
    0x4000000: "HAS_DOCSTRING",
    0x8000000: "METHOD",
}


class Absent(ModuleType):
    """A module that was left out."""

    __all__ = ()

    def __getattr__(self, name: str) -> AbsentName:
        if name.startswith("__"):
            raise AttributeError(name)
        return AbsentName(f"{self.__name__}.{name}")


class AbsentName:
    """What was imported from it: may be mentioned, not used."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: object, **__: object) -> NoReturn:
        raise ImportError(f"{self._name} is no part of this Python")

    def __getattr__(self, name: str) -> NoReturn:
        self()


class Place:
    """A path, as far as Pyodide asks for it."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __str__(self) -> str:
        return self._path


class Finder:
    """Finds what is left out, before anybody else does."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name in ABSENT else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Absent(spec.name)

    def exec_module(self, module: Any) -> None:
        """Puts in what is used while others are imported."""
        match module.__name__:
            case "dis":
                module.COMPILER_FLAG_NAMES = FLAGS
            case "asyncio.unix_events":
                # Of it, Pyodide's own policy derives.
                module._DefaultEventLoopPolicy = sys.modules["asyncio.events"]._BaseDefaultEventLoopPolicy
            case "pyodide._package_loader":
                from pyodide_js import loadedPackages

                # Pyodide expects every snapshot to hold it.
                module.loadedPackages = loadedPackages
                module.SITE_PACKAGES = Place("/lib/python3.14/site-packages")
                module.DSO_DIR = Place("/usr/lib")
                module.init_loaded_packages = lambda: None


def install() -> None:
    sys.meta_path.insert(0, Finder())


def finish() -> None:
    """Forget how it was made, and everything that is only there to be read."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Finder)]
    for name in [*(ABSENT - {STAYS}), "site", __name__]:
        sys.modules.pop(name, None)
    for module in list(sys.modules.values()):
        # Where it came from is not there any more.
        if isinstance(module, ModuleType) and module.__dict__.get("__spec__") is not None:
            module.__spec__ = None
            module.__loader__ = None
            module.__dict__.pop("__cached__", None)
    _forget_documentation()
    sys.path_importer_cache.clear()
    gc.collect()
    # What is in the snapshot stays: no collection needs to look at it again.
    gc.freeze()


def _forget_documentation() -> None:
    """Of types and functions that were not compiled by us, or that ``dataclasses`` has written."""
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            one.__doc__ = None
        elif isinstance(one, type):
            # The dictionary itself: types that are written in C cannot be changed otherwise.
            for own in gc.get_referents(one.__dict__):
                if isinstance(own, dict) and isinstance(own.get("__doc__"), str):
                    own["__doc__"] = None
        elif isinstance(one, ModuleType) and not isinstance(one, Absent):
            one.__doc__ = None
    sys._clear_type_cache()


if __name__ == "sitecustomize":
    install()
