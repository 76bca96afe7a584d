"""Damages files the way disks, networks and strangers do; seeded."""

import random

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
