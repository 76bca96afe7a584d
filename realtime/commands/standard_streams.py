"""`-` on the command line: sound from standard input, notes to standard output."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from realtime.troubles.errors import UsageError, UserError

STREAM = "-"
"""What a standard stream is called on the command line."""
INPUT_NAME = "standard-input"
"""Name of the file that standard input is read into, and of notes without another name."""


@contextmanager
def files_for_streams() -> Iterator[Path]:
    """A folder for what comes and goes through standard streams, gone afterwards.

    Formats are told apart by their bytes and read out of order, and files of notes are written
    whole or not at all, so that neither can go through a pipe as it is made.
    """
    with tempfile.TemporaryDirectory(prefix="jtm-") as folder:
        yield Path(folder)


def read_input(folder: Path) -> Path:
    """Everything that comes through standard input, as a file in `folder`.

    Raises:
        UsageError: where a person would have to type the sound.
        UserError: where it cannot be kept.
    """
    if sys.__stdin__ is None or sys.stdin is None or sys.stdin.isatty():
        raise UsageError("No sound comes through standard input; pipe some in, or name a file.")
    path = folder / INPUT_NAME
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    except OSError as error:
        raise UserError(
            f"Cannot keep standard input in {folder} ({error.strerror or error}); free some space."
        ) from error
    return path


def refuse_terminal() -> None:
    """Refuse to write MIDI into a terminal, or where nobody can take it.

    Raises:
        UsageError: where standard output is a terminal, or closed.
    """
    if sys.__stdout__ is None or sys.stdout is None:
        raise UsageError("Standard output is closed; name a file with -o.")
    if sys.stdout.isatty():
        raise UsageError("MIDI is no text for a terminal; name a file with -o, or pipe it on.")


def write_output(path: Path) -> None:
    """Send a file through standard output, byte for byte; nothing where it is not there."""
    if path.is_file():
        sys.stdout.flush()
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
