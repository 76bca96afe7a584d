"""A progress bar for a terminal; silent where nobody watches."""

import sys
import time
from typing import TextIO


class ProgressBar:
    """One line on stderr, redrawn at most ten times a second.

    Args:
        stream: where to draw; nothing is drawn unless it is a terminal.
    """

    WIDTH = 24

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._enabled = self._stream.isatty()
        self._drawn_at = 0.0

    def show(self, label: str, part: float) -> None:
        """Draw `part` (0-1) of the work on `label`."""
        now = time.monotonic()
        if not self._enabled or (now - self._drawn_at < 0.1 and part < 1):
            return
        self._drawn_at = now
        filled = round(self.WIDTH * part)
        bar = "#" * filled + "." * (self.WIDTH - filled)
        self._stream.write(f"\r\033[K[{bar}] {100 * part:3.0f} %  {label}")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the bar so that other text can be printed."""
        if self._enabled:
            self._stream.write("\r\033[K")
            self._stream.flush()
