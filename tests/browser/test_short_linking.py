"""The linking of the interpreter's wasm is short: counted is what it does once for each function, and not the time."""

from __future__ import annotations

from origins import Origin, Script

from drivers import Driver

#: Growths of the table of functions, each by one: 190 to 232. With the graphics 253 more, with all exports 5,000.
GROWTHS = 350
#: Modules made to wrap a function: 9. With the graphics 253 more.
MODULES = 50
#: Without a worker, so that the page can count. What Python does on its way counts as well.
PAGE = """<!doctype html><meta charset="utf-8"><title>linking</title>
<script>
  const counted = { growths: 0, modules: 0 };
  const { grow } = WebAssembly.Table.prototype;
  WebAssembly.Table.prototype.grow = function (...given) {
    counted.growths++;
    return grow.apply(this, given);
  };
  WebAssembly.Module = new Proxy(WebAssembly.Module, {
    construct: (Module, given) => {
      counted.modules++;
      return new Module(...given);
    },
  });
</script>
"""


def test_few_functions_are_entered_and_wrapped(driver: Driver, pages: Origin, script: Script) -> None:
    driver.goto(pages.page(PAGE + script.tag('data-thread="main"')))
    counted = driver.evaluate("() => Twilio.Conversations.runtime.ready.then(() => counted)")
    assert 0 < counted["growths"] < GROWTHS
    assert 0 < counted["modules"] < MODULES
