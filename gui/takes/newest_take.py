"""Where the newest take lies now: the engine wrote it somewhere, the user may have renamed it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from realtime.takes.library import Take


class NewestTake:
    """Follows takes that get another name, and knows which are in the trash."""

    def __init__(self) -> None:
        self._moved: dict[str, str] = {}
        self._gone: set[str] = set()

    def find(self, written: str) -> str:
        """The .mid that the engine wrote as `written`, "" if it is in the trash or was never."""
        path = self._moved.get(written, written)
        return "" if path in self._gone else path

    def rename(self, before: "Take", after: "Take") -> None:
        """A take has another name now."""
        old, new = (str(take.folder / f"{take.name}.mid") for take in (before, after))
        for written, path in self._moved.items():
            if path == old:
                self._moved[written] = new
        self._moved.setdefault(old, new)

    def exclude(self, paths: Iterable[Path]) -> None:
        """These files are in the trash."""
        self._gone.update(map(str, paths))

    def include(self, paths: Iterable[Path]) -> None:
        """Count these files as there again: they are back from the trash."""
        self._gone.difference_update(map(str, paths))
