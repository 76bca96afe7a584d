"""A child of ours: its messages have types, nobody waits for it, and it ends however it hangs."""

import queue
import sys
import time
from dataclasses import dataclass
from typing import Any

import pytest

from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed, from_line, to_line
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble


@dataclass(frozen=True)
class Place:
    at_s: float
    named: str | None = None
    loop: tuple[float, float] | None = None


@dataclass(frozen=True)
class Told:
    count: int
    keys: tuple[tuple[int, int], ...]
    place: Place
    why: Trouble | None = None


@dataclass(frozen=True)
class Card:
    content: dict[str, Any]


KINDS = (Place, Told, Card, Failed)
FULL = Trouble(Code.CANNOT_WRITE, path="x", reason=Trouble(Code.DISK_FULL))


@pytest.mark.parametrize(
    "message",
    [
        Place(1.5),
        Place(0.0, "Kraków\n", (0.25, 2.0)),
        Told(3, ((60, 100), (61, 0)), Place(2.0)),
        Told(0, (), Place(2.0), FULL),
        Failed(FULL),
        Card({"name": "skrzypce", "scores": {"before": [0.5, None]}}),
    ],
)
def test_a_message_comes_back_from_its_line(message):
    line = to_line(message)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert from_line(line, KINDS) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"notes 12",
        b"[]",
        b"{}",
        b'{"Other": {}}',
        b'{"Card": {"content": [["name", "skrzypce"]]}}',
        b'{"Place": {"at_s": 1.0}}',
        b'{"Place": {"at_s": "1", "named": null, "loop": null}}',
        b'{"Place": {"at_s": true, "named": null, "loop": null}}',
        b'{"Place": {"at_s": 1.0, "named": null, "loop": [1.0]}}',
        b'{"Place": {"at_s": 1.0, "named": null, "loop": 3}}',
        b'{"Failed": {"trouble": {"code": "never_heard_of", "values": {}}}}',
        b'{"Failed": {"trouble": {"code": "disk_full"}}}',
        b'{"Failed": {"trouble": 3}}',
        b'{"Failed": [1]}',
    ],
)
def test_a_line_that_is_no_message_is_refused(line):
    with pytest.raises(ValueError):
        from_line(line, KINDS)


def test_a_whole_number_serves_where_a_fraction_is_meant():
    assert from_line(b'{"Place": {"at_s": 1, "named": null, "loop": null}}', KINDS) == Place(1.0)


ECHO = """
import sys
print("a library says hello", flush=True)
for line in sys.stdin:
    print(line, end="", flush=True)
sys.exit(3)
"""
DEAF = "import time; time.sleep(60)"


@pytest.fixture
def start():
    children: list[JsonLineChild] = []

    def begin(script: str) -> JsonLineChild:
        children.append(JsonLineChild([sys.executable, "-c", script], KINDS))
        return children[-1]

    yield begin
    for child in children:
        child.end(0.0)
        list(child.messages())


def test_reports_are_followed_to_the_end_and_what_is_no_message_is_skipped(start):
    child, found = start(ECHO), queue.SimpleQueue()
    thread = child.follow(found.put, found.put)
    for message in (Place(1.0), Told(1, ((60, 1),), Place(2.0))):
        assert child.send(message)
        assert found.get(timeout=10) == message
    child.release()
    assert found.get(timeout=10) == 3, "the exit code, last"
    thread.join(5)
    assert not child.alive and not child.send(Place(3.0)), "nobody takes it any more"


def test_what_a_deaf_process_does_not_take_is_refused_at_once(start):
    child, longest, taken = start(DEAF), 0.0, 0
    for _ in range(100):
        began = time.perf_counter()
        taken += child.write(bytes(4096))
        longest = max(longest, time.perf_counter() - began)
    assert taken < 100 and child.alive
    assert longest < 0.25
    child.end(patience_s=0.1)
    assert not child.alive, "it was killed"


def test_a_process_that_hangs_is_killed_without_being_waited_for(start):
    child = start(DEAF)
    began = time.perf_counter()
    child.end_unwatched(patience_s=0.1)
    assert time.perf_counter() - began < 0.25
    assert child.wait() != 0
