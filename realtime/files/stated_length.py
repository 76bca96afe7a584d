"""Finds WAV and AIFF files that end before their own header says.

libsndfile takes the length of what is there and says nothing, so that a copy that broke off, or a
recorder whose battery died, would pass for a whole recording.
"""

from pathlib import Path
from typing import BinaryIO

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.given_file import library_name

NEVER_FILLED_IN = 0x7FFF0000
"""Lengths from here on are what programs write that cannot come back to the header (a pipe)."""
SLACK_S = 0.25
"""Seconds that may be missing without a word."""
_KINDS = {b"RIFF": (b"WAVE", b"data", "little"), b"FORM": (b"AIF", b"SSND", "big")}


def missing_sound(path: Path) -> Trouble | None:
    """What to say of a file that holds less sound than it promises; None where it is whole.

    The file has been read, so that it is one that can be.
    """
    import soundfile

    try:
        with path.open("rb") as file:
            stated, there = _sound_bytes(file, path.stat().st_size)
        if not 0 < there < stated < NEVER_FILLED_IN:
            return None
        with soundfile.SoundFile(library_name(path)) as sound:
            there_s = sound.frames / sound.samplerate
    except (OSError, soundfile.LibsndfileError):
        return None
    length_s = there_s * stated / there
    if length_s - there_s < SLACK_S:
        return None
    return Trouble(Code.FILE_CUT_OFF, path=path, there=there_s, length=length_s)


def _sound_bytes(file: BinaryIO, size: int) -> tuple[int, int]:
    """Bytes of sound that the header states, and that are there; (0, 0) for other files."""
    head = file.read(12)
    if len(head) < 12 or head[:4] not in _KINDS:
        return 0, 0
    form, wanted, order = _KINDS[head[:4]]
    if not head[8:].startswith(form):
        return 0, 0
    while len(chunk := file.read(8)) == 8:
        length = int.from_bytes(chunk[4:], "little" if order == "little" else "big")
        if chunk[:4] == wanted:
            return length, min(length, size - file.tell())
        file.seek(length + length % 2, 1)
    return 0, 0
