"""Why a sound file cannot be read, from what libsndfile and FFmpeg raise."""

from typing import Any

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, Value, why

NO_FORMAT, SYSTEM, MALFORMED, NO_ENCODING, NO_FILE = 1, 2, 3, 4, 7
"""Numbers of libsndfile's errors. The first four stand in sndfile.h (SF_ERR_...); it also gives the
last, "does not exist or is not a regular file (possibly a pipe?)", where an MP3 is too short."""
SNDFILE_REASONS = {
    NO_FORMAT: Code.FORMAT_UNKNOWN,
    SYSTEM: Code.DISK_FAILS,
    MALFORMED: Code.SHORT_OR_DAMAGED,
    NO_ENCODING: Code.NO_DECODER,
    NO_FILE: Code.SHORT_OR_DAMAGED,
}


def why_unread(error: Exception) -> Value:
    """Why a sound file cannot be read: by number where libsndfile's is known, else in its words."""
    code = SNDFILE_REASONS.get(getattr(error, "code", 0))
    if code is not None:
        return Trouble(code)
    words = getattr(error, "error_string", "") or why(error)
    return words if isinstance(words, Trouble) else str(words).strip().rstrip(".")


def why_undecoded(error: Any) -> Value:
    """Why FFmpeg reads no further, by the class of its error; else in its words."""
    from av.error import EOFError as EndOfFile
    from av.error import InvalidDataError

    if isinstance(error, InvalidDataError | EndOfFile):
        return Trouble(Code.SHORT_OR_DAMAGED)
    return str(error.strerror or error).strip().rstrip(".").lower()
