"""Damages files the way disks, networks and strangers do; seeded.

Damaged bytes seldom get past a checksum or a parser; a stranger's file does. `mutate_values`
replaces values by place: by other types, absurd sizes, deep nesting, names that steer terminals.
"""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

EXTREMES = (b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00")


def mutate(content: bytes, rng: random.Random) -> bytes:
    """One to eight changes: bits, bytes, lengths, cuts, repetitions, foreign bytes."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        at = _place(len(data), rng)
        kind = rng.randrange(8)
        if not data or kind == 0:
            data[at:at] = rng.randbytes(rng.choice((1, 4, 64)))
        elif kind == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, ord('"'), ord(","), ord("-")))
        elif kind == 3:
            data[at : at + 4] = rng.choice(EXTREMES)
        elif kind == 4:
            del data[at:]
        elif kind == 5:
            del data[at : at + rng.choice((1, 2, 4, 16, 256))]
        elif kind == 6:
            piece = data[at : at + rng.choice((1, 8, 128))]
            data[at:at] = piece * rng.choice((1, 2, 50))
        else:
            data[at : at + 8] = rng.randbytes(8)
    return bytes(data)


def _place(length: int, rng: random.Random) -> int:
    """Half of the time near the start, where headers are."""
    if length == 0:
        return 0
    return rng.randrange(min(length, 128)) if rng.random() < 0.5 else rng.randrange(length)


STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 127, 128, 65_536, 1 << 31, -(1 << 63), 10**30, 1e308, -0.5,
    float("inf"), float("nan"), "", "x", "\x1b[31m", "\ud800", "9" * 400, [], {}, [[]], [1, 2, 3],
    {"a": 1}, [None] * 50,
)  # fmt: skip


DEEP = "deep"
"""Stands for a list in a list in a list ..."""


def mutate_values(content: bytes, rng: random.Random) -> bytes:
    """JSON with one to three values replaced, dropped, doubled or nested."""
    values = json.loads(content)
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(values))
        if not places:
            break
        around, key = rng.choice(places)
        kind = rng.randrange(6)
        if kind == 0:
            del around[key]
        elif kind == 1:
            around[key] = [around[key]] * rng.choice((1, 2, 100))
        elif kind == 2:
            around[key] = rng.choice(([around[key]], [[[around[key]]]], DEEP))
        else:
            around[key] = copy.deepcopy(rng.choice(STRANGE))
    deep = rng.choice((100, 100_000))
    return json.dumps(values).replace(f'"{DEEP}"', "[" * deep + "]" * deep).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        inside = list(value.items() if isinstance(value, dict) else enumerate(value))
        for key, deeper in inside:
            yield value, key
            yield from _places(deeper)
