"""The benchmark's arithmetic and its line; how fast anything is belongs to the benchmark itself."""

from __future__ import annotations

import socket
import threading

import pytest

from bench import report
from bench.figures import Aim, Figure, Samples, spread
from bench.link import Link


def test_the_median_and_the_quartiles_of_samples() -> None:
    found = spread([5.0, 1.0, 2.0, 4.0, 3.0])
    assert (found.low, found.median, found.high, found.count) == (2.0, 3.0, 4.0, 5)
    assert spread([7.0]).median == 7.0


@pytest.mark.parametrize(
    ("figure", "ours", "official", "reached"),
    [
        (Figure("x", "x", "ms", aim=Aim(ratio=0.6)), 5.0, 10.0, True),
        (Figure("x", "x", "ms", aim=Aim(ratio=0.6)), 7.0, 10.0, False),
        (Figure("x", "x", "1/s", "more", Aim(ratio=5)), 50.0, 10.0, True),
        (Figure("x", "x", "1/s", "more", Aim(ratio=5)), 40.0, 10.0, False),
        (Figure("x", "x", "MB", aim=Aim(most=5)), 5.1, 0.5, False),
        (Figure("x", "x", "MiB", aim=Aim(beyond=75)), 120.0, 45.0, True),
        (Figure("x", "x", "ms"), 1.0, 1.0, None),
    ],
)
def test_whether_an_aim_is_reached(figure: Figure, ours: float, official: float, reached: bool | None) -> None:
    samples = Samples()
    samples.add("x", "ours", ours)
    samples.add("x", "official", official)
    (line,) = samples.lines([figure])
    assert line.reached is reached


def test_an_aim_against_plain_pyodide_is_read_from_its_own_samples() -> None:
    figure = Figure("load", "load", "ms", aim=Aim(ratio=0.2, against="pyodide"), yardstick="load")
    samples = Samples()
    for subject, value in (("ours", 400.0), ("official", 100.0), ("pyodide", 3000.0)):
        samples.add("load", subject, value)  # type: ignore[arg-type]
    (line,) = samples.lines([figure])
    assert (round(line.ratio or 0, 3), line.reached) == (0.133, True)


def test_a_figure_without_values_has_no_line_and_one_without_ours_no_ratio() -> None:
    samples = Samples()
    samples.add("x", "official", 1.0)
    assert [line.ratio for line in samples.lines([Figure("x", "x", "ms"), Figure("y", "y", "ms")])] == [None]


def test_reports_show_every_line_and_escape_titles() -> None:
    samples = Samples()
    samples.add("x", "ours", 1234.5)
    lines = list(samples.lines([Figure("x", "a <b>", "ms")]))
    assert "1,234 [1,234…1,234]" in report.table("chromium", lines)
    page = report.as_html(["about & so"], [("chromium", lines)])
    assert "a &lt;b&gt;" in page
    assert "about &amp; so" in page
    assert report.as_json("chromium", lines)["figures"][0]["ours"]["median"] == 1234.5


def test_the_line_carries_everything_both_ways_and_counts_what_comes_down() -> None:
    sent, answer = b"x" * 100_000, b"y" * 300_000
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(65536):
                    received.extend(data)
                connection.sendall(answer)

        received = bytearray()
        thread = threading.Thread(target=serve)
        thread.start()
        with Link(server.getsockname()[1]) as link:
            link.shape(latency=0.01, bandwidth=50_000_000)
            with socket.create_connection(("127.0.0.1", int(link.url.rpartition(":")[2])), timeout=10) as page:
                page.sendall(sent)
                page.shutdown(socket.SHUT_WR)
                got = bytearray()
                while data := page.recv(65536):
                    got.extend(data)
            thread.join(10)
            assert (bytes(received), bytes(got), link.down) == (sent, answer, len(answer))
