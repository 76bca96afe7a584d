"""Child process: runs a model over music and gives back what its head reads.

`python -m realtime.teach.worker SEED MODEL`: MODEL is a file, "" the bundled model. Music comes on
stdin and examples leave on stdout, both as .npz without pickles, so nothing is left on the disk
whatever becomes of parent or child. Every second of music heard writes a line to stderr.
"""

import contextlib
import io
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

import numpy as np

from realtime.processes.start import python_command, python_environment
from realtime.teach.examples import Examples, Music
from realtime.teach.music.packing import pack_music, unpack_music
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

HOPS_A_LINE = 100
NAMES = tuple(field.name for field in fields(Examples))


class Workers:
    """Worker processes that share the work of running the model.

    Args:
        model: file; None is the bundled one.
        count: processes.
    """

    def __init__(self, model: Path | None, count: int) -> None:
        self._model, self._count = model, max(1, count)

    def collect(
        self, pieces: Sequence[Music], seed: int, on_second: Callable[[], None]
    ) -> list[Examples]:
        """Examples of every piece, in order.

        Args:
            pieces: of music.
            seed: of the rows that are kept by chance.
            on_second: called, from other threads, for every second of music that was heard.

        Raises:
            UserError: if a process fails.
        """
        shares: list[list[int]] = [[] for _ in range(min(self._count, len(pieces)))]
        order = sorted(range(len(pieces)), key=lambda i: -len(pieces[i].audio))
        for index in order:
            min(shares, key=lambda share: sum(len(pieces[i].audio) for i in share)).append(index)
        found: dict[int, Examples] = {}
        children: list[subprocess.Popen[bytes]] = []
        threads: list[threading.Thread] = []
        try:
            for share in shares:
                child = self._start(seed)
                children.append(child)
                given = pack_music([pieces[i] for i in share])
                for work in (_feed, _count_lines):
                    argument: Any = given if work is _feed else on_second
                    thread = threading.Thread(target=work, args=(child, argument), daemon=True)
                    thread.start()
                    threads.append(thread)
                reader = threading.Thread(target=_fetch, args=(child, share, found), daemon=True)
                reader.start()
                threads.append(reader)
            for thread in threads:
                thread.join()
            if any(child.wait() for child in children) or len(found) != len(pieces):
                raise UserError(Code.LESSON_STOPPED)
        finally:
            for child in children:
                child.kill()
                child.wait()
            for thread in threads:
                thread.join()
            for child in children:
                _close_pipes(child)
        return [found[index] for index in range(len(pieces))]

    def _start(self, seed: int) -> "subprocess.Popen[bytes]":
        command = python_command("realtime.teach.worker", str(seed), str(self._model or ""))
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=python_environment()
        )


def _close_pipes(child: "subprocess.Popen[bytes]") -> None:
    for pipe in (child.stdin, child.stdout, child.stderr):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


def _feed(child: "subprocess.Popen[bytes]", given: bytes) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(given)
        child.stdin.close()
    except OSError:
        pass  # the exit code says that the child is gone


def _count_lines(child: "subprocess.Popen[bytes]", on_second: Callable[[], None]) -> None:
    assert child.stderr is not None
    for _ in child.stderr:
        on_second()


def _fetch(child: "subprocess.Popen[bytes]", share: list[int], found: dict[int, Examples]) -> None:
    assert child.stdout is not None
    for index in share:
        header = child.stdout.read(8)
        if len(header) < 8:
            return
        content = child.stdout.read(int.from_bytes(header, "little"))
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            values = {name: arrays[name] for name in NAMES}
        found[index] = Examples(**values | {"hops": int(values["hops"])})


def main(argv: list[str], given: IO[bytes], out: IO[bytes]) -> int:
    """Listen to all the music on `given`; returns 0."""
    from realtime.inference.ahead_model import AheadModel
    from realtime.teach.examples import collect

    pieces = unpack_music(given.read())
    seed, path = int(argv[0]), Path(argv[1]) if argv[1] else None
    model = AheadModel(path, with_features=True)
    heard = 0

    def on_hop() -> None:
        nonlocal heard
        heard += 1
        if heard % HOPS_A_LINE == 0:
            print(file=sys.stderr, flush=True)

    for index, piece in enumerate(pieces):
        examples = collect(model, piece, seed + index, on_hop)
        buffer = io.BytesIO()
        arrays_out: dict[str, Any] = {name: getattr(examples, name) for name in NAMES}
        np.savez(buffer, **arrays_out)
        content = buffer.getbuffer()
        out.write(len(content).to_bytes(8, "little"))
        out.write(content)
        out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))
