"""Texts that Pyodide evaluates as it starts: each has the answer that evaluating it gives, and there are no others."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from pipeline.paths import ROOT, WEB
from pyconvo.bridge.known_code import KNOWN, answering


def evaluated(source: str) -> Any:
    """The value of the last statement, as Pyodide does it."""
    *others, last = ast.parse(source).body
    assert isinstance(last, ast.Expr)
    names: dict[str, Any] = {}
    exec(compile(ast.Module(others, []), "test", "exec"), names)
    return eval(compile(ast.Expression(last.value), "test", "eval"), names)


@pytest.mark.parametrize("source", KNOWN)
def test_the_answer_is_the_value(source: str) -> None:
    answer = answering(lambda *_: pytest.fail("evaluated"))
    assert answer(source, {}) == evaluated(source)


def test_the_dictionary_is_a_new_one_each_time() -> None:
    answer = answering(evaluated)
    assert answer("{}") is not answer("{}")


def test_any_other_text_is_evaluated() -> None:
    def evaluate(*given: object, **named: object) -> object:
        return given, named

    assert answering(evaluate)("1 + 1", {}, flags=3) == (("1 + 1", {}), {"flags": 3})


def test_pyodide_evaluates_these_and_no_others() -> None:
    asm = (WEB / "node_modules" / "pyodide" / "pyodide.asm.mjs").read_text(encoding="utf-8")
    start = asm.index("API.finalizeBootstrap=function(")
    bootstrap = asm[start : asm.index("API.package_loader", start)]
    assert set(re.findall(r'(?:runPythonInternal|eval_code)\("([^"]*)"\)', bootstrap)) == set(KNOWN)
    (imported,) = re.findall(r'rawRun\("([^"]*)"\)', bootstrap)
    ours = (ROOT / "web" / "src" / "worker" / "snapshot.ts").read_text(encoding="utf-8")
    assert f'const IMPORTED = "{imported}";' in ours
