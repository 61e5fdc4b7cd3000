"""The released wheel and lock file in a Pyodide that is not ours, as a Pyodide or PyScript page would use them."""

from __future__ import annotations

from pathlib import Path

import pytest
from origins import Origin, Script

from drivers import Driver
from pipeline.paths import NODE_MODULES

PAGE = """<!doctype html><meta charset="utf-8"><title>a plain Pyodide</title>
<script type="module">
  import {{ loadPyodide }} from "{pyodide}/pyodide.mjs";
  window.started = loadPyodide({{
    lockFileURL: "{runtime}/pyodide-lock.json",
    packageBaseUrl: "{runtime}/",
  }});
</script>"""


@pytest.mark.timeout(180)
def test_the_lock_file_leads_to_the_wheel(driver: Driver, pages: Origin, script: Script, release: Path) -> None:
    with Origin(NODE_MODULES / "pyodide") as pyodide:
        runtime = f"{script.origin.url}/runtime"
        driver.goto(pages.page(PAGE.format(pyodide=pyodide.url, runtime=runtime)))
        version = driver.evaluate(
            """async () => {
              const pyodide = await started;
              await pyodide.loadPackage("pyconvo");
              return pyodide.runPython("import pyconvo; pyconvo.__version__");
            }""",
            timeout=120,
        )
    assert version == release.name
