"""Compiles the Python in a zip. Runs in the very Python that will load it, see ``compile_zip.mjs``.

What is compiled has no docstrings and no annotations of functions (their own code each, that nobody runs); ``bare``, no
table of lines either: all lines of a function are its first one.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import zipfile
from collections.abc import Sequence
from importlib import _bootstrap_external
from types import CodeType

#: Of the table of lines: the longest entry, in pairs of bytes of code, and one without columns that begins no new line.
ENTRY = 8
NO_COLUMNS = 0x80 | 13 << 3


def compile_zip(data: bytes, place: str, only: str, without: Sequence[str], bare: bool) -> bytes:
    """The same zip, for modules at ``place``. ``only``, ``without``: beginnings of names."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in sorted(source.namelist()):
            if name.endswith(("/", ".pyc")) or not name.startswith(only) or name.startswith(tuple(without)):
                continue
            content = source.read(name)
            if name.endswith(".py"):
                code = compile(_unannotated(ast.parse(content)), place + name, "exec", dont_inherit=True, optimize=2)
                if bare:
                    code = _without_lines(code, {})
                # "Unchecked": nothing compares it with a source that is not there.
                hashed = importlib.util.source_hash(content)
                content = bytes(_bootstrap_external._code_to_hash_pyc(code, hashed, False))  # type: ignore[attr-defined]
                name += "c"
            # Of no time: a ZipInfo begins in 1980.
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content, compresslevel=9)
    return made.getvalue()


def _unannotated(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_registered(node):
            node.returns = None
            arguments = node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            for argument in every:
                if argument is not None:
                    argument.annotation = None
    return tree


def _is_registered(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether ``functools.singledispatch`` may read the annotations."""
    return any(isinstance(one, ast.Attribute) and one.attr == "register" for one in node.decorator_list)


def _without_lines(code: CodeType, known: dict[bytes, bytes]) -> CodeType:
    """``known``: tables, for functions of the same length to share."""
    entries, rest = divmod(len(code.co_code) // 2, ENTRY)
    table = bytes([NO_COLUMNS | ENTRY - 1, 0]) * entries + bytes([NO_COLUMNS | rest - 1, 0] if rest else [])
    constants = (_without_lines(one, known) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_linetable=known.setdefault(table, table), co_consts=tuple(constants))
