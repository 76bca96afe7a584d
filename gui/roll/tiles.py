"""The part of the roll that no longer changes, for one range of pitches, cut into tiles."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap

from gui.roll.geometry import Viewport
from gui.roll.painting import draw_grid, draw_notes, draw_rows
from gui.roll.spectrogram import Spectrogram
from gui.style.note_style import NoteInk
from realtime.values.snapshot import RollNote

ROOM = 1
"""Tiles that may come into view at the right before another picture is needed."""


class JoinedTiles:
    """A copy of the tiles in view, brought up to date where they change.

    Args:
        width: of a tile, in device pixels.
        height: of a tile, in device pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._held = range(0)
        self._owner: object = None
        self._stale: set[int] = set()
        self._picture = QPixmap()

    def change(self, owner: object, index: int) -> None:
        """Mark a tile of `owner` as changed, so that it is copied anew."""
        if owner is self._owner:
            self._stale.add(index)

    def show(
        self, owner: object, span: range, tile: Callable[[int], QPixmap]
    ) -> tuple[QPixmap, int]:
        """Return one picture of the tiles in `span`, and the index of its first tile.

        Args:
            owner: whose tiles they are.
            span: the tiles in view.
            tile: gives the picture of each.
        """
        outside = span.start < self._held.start or span.stop > self._held.stop
        if outside or owner is not self._owner:
            self._owner, self._held = owner, range(span.start, span.stop + ROOM)
            self._stale = set(self._held)
            width = len(self._held) * self._width
            if self._picture.width() < width:
                self._picture = QPixmap(width, self._height)
        wanted = self._stale.intersection(span)
        if wanted:
            painter = QPainter(self._picture)
            source = QRectF(0, 0, self._width, self._height)
            for index in wanted:
                x = (index - self._held.start) * self._width
                painter.drawPixmap(source.translated(x, 0), tile(index), source)
            painter.end()
            self._stale -= wanted
        return self._picture, self._held.start


WIDTH = 256
"""Width of a tile, in logical pixels."""


SPILL = 120.0
"""Painted beyond the right edge of a tile, so that notes go on in the next one seamlessly."""


SMALLEST_NOTE = 3.0
"""Pixels that even the shortest note takes."""


@dataclass(frozen=True)
class Look:
    """Colours, scale and sizes that all tiles share, whichever pitches they show."""

    height: float
    per_second: float
    """Logical pixels of a second."""
    ink: NoteInk
    ratio: float
    """Device pixels of a logical one."""
    spectrogram: Spectrogram | None

    @property
    def tile_pixels(self) -> int:
        """Width of a tile in device pixels."""
        return round(WIDTH * self.ratio)

    @property
    def tile_height(self) -> int:
        """Height of a tile in device pixels."""
        return max(round(self.height * self.ratio), 1)

    @property
    def tile_s(self) -> float:
        """Length of a tile, in seconds."""
        return self.tile_pixels / (self.per_second * self.ratio)


@dataclass
class _Tile:
    picture: QPixmap
    known_from_s: float
    """Notes that ended before are not on it."""
    spectrum_s: float
    """Up to here the spectrogram is on it."""


class RollTiles:
    """Rows, time grid and ended notes. A tile is painted once; a note is added when it ends.

    Args:
        look: of all tiles.
        low: lowest pitch.
        high: highest pitch.
        joined: puts them together while they are stretched.
    """

    def __init__(self, look: Look, low: float, high: float, joined: JoinedTiles) -> None:
        self.look, self.low, self.high = look, low, high
        self._tiles: OrderedDict[int, _Tile] = OrderedDict()
        self._drawn: set[RollNote] = set()
        self._joined = joined
        self.painted = 0
        """Number of tiles painted so far, for measurements."""

    def covers(self, low: float, high: float) -> bool:
        """Whether all pitches from `low` to `high` (MIDI) are on the tiles."""
        return self.low <= low and high <= self.high

    def update(
        self, ended: Sequence[RollNote], since_s: float, span: range, most: int | None = None
    ) -> bool:
        """Bring the tiles up to date.

        Args:
            ended: every note that ended after `since_s`.
            since_s: second at the left edge of the view.
            span: the tiles in view.
            most: so many may be painted now; None is all.

        Returns:
            whether every tile in view is there.
        """
        fresh: defaultdict[int, list[RollNote]] = defaultdict(list)
        for note in ended:
            if note not in self._drawn:
                self._drawn.add(note)
                for index in self._span_of(note):
                    if index in self._tiles:
                        fresh[index].append(note)
        missing = [index for index in span if not self._is_whole(index, since_s)]
        now = missing[-most:] if most is not None else missing
        for index in now:
            self._paint(index, ended, since_s)
            fresh.pop(index, None)
        for index, notes in fresh.items():
            self._add(self._tiles[index], index, notes)
        if self.look.spectrogram is not None:
            for index in span:
                self._add_spectrum(index)
        while len(self._tiles) > 2 * len(span) + 2:
            self._tiles.popitem(last=False)
        if len(self._drawn) > 4 * len(ended) + 1000:
            self._drawn = set(ended)
        return len(now) == len(missing)

    def draw(self, painter: QPainter, viewport: Viewport, left: int, span: range) -> None:
        """Draw the tiles, scaled to the viewport's pitches; `left` is its edge in device pixels."""
        ratio, width = self.look.ratio, self.look.tile_pixels
        for index in span:
            if index in self._tiles:
                self._tiles.move_to_end(index)
        if (self.low, self.high) == (viewport.low, viewport.high):
            for index in span:
                if index in self._tiles:
                    x = (index * width - left) / ratio
                    painter.drawPixmap(QPointF(x, 0), self._tiles[index].picture)
            return
        joined, first = self._joined.show(self, span, lambda index: self._tiles[index].picture)
        low, high = max(viewport.low, self.low), min(viewport.high, self.high)
        own = self._view()
        top, bottom = viewport.y(high), viewport.y(low - 1.0)
        begin, end = own.y(high) * ratio, own.y(low - 1.0) * ratio
        source = QRectF(left - first * width, begin, viewport.width * ratio, end - begin)
        # without smoothing, lines of one pixel come and go while the picture is squeezed
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(QRectF(0, top, viewport.width, bottom - top), joined, source)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)

    def _is_whole(self, index: int, since_s: float) -> bool:
        tile = self._tiles.get(index)
        begin_s = index * self.look.tile_s
        return tile is not None and tile.known_from_s <= max(begin_s, since_s) + 1e-6

    def _span_of(self, note: RollNote) -> range:
        assert note.offset_s is not None
        end_s = max(note.offset_s, note.onset_s + SMALLEST_NOTE / self.look.per_second)
        tile_s = self.look.tile_s
        return range(int(note.onset_s // tile_s), int(end_s // tile_s) + 1)

    def _view(self) -> Viewport:
        """Wider than a tile: what is beyond its right edge falls off."""
        look = self.look
        width = look.tile_pixels / look.ratio + SPILL
        return Viewport(width, look.height, width / look.per_second, self.low, self.high)

    def _edge_s(self, index: int) -> float:
        """Stream time at the right edge of the tile's wide view."""
        return index * self.look.tile_s + self._view().seconds

    def _paint(self, index: int, ended: Sequence[RollNote], since_s: float) -> None:
        look, tile = self.look, self._tiles.get(index)
        begin_s = index * look.tile_s
        if tile is None:
            picture = QPixmap(look.tile_pixels, look.tile_height)
            picture.setDevicePixelRatio(look.ratio)
            tile = self._tiles[index] = _Tile(picture, begin_s, begin_s)
        tile.known_from_s, tile.spectrum_s = max(begin_s, since_s), begin_s
        view = self._view()
        painter = QPainter(tile.picture)
        draw_rows(painter, view, look.ink)
        draw_grid(painter, view, self._edge_s(index), look.ink)
        painter.end()
        if look.spectrogram is not None:
            self._add_spectrum(index)
        self._add(tile, index, [note for note in ended if index in self._span_of(note)])
        self.painted += 1

    def _add(self, tile: _Tile, index: int, notes: Sequence[RollNote]) -> None:
        view = self._view()
        painter = QPainter(tile.picture)
        draw_notes(painter, view.boxes(notes, self._edge_s(index)), self.look.ink, view.row)
        painter.end()
        self._joined.change(self, index)

    def _add_spectrum(self, index: int) -> None:
        tile, spectrogram = self._tiles.get(index), self.look.spectrogram
        if tile is None or spectrogram is None:
            return
        end_s = (index + 1) * self.look.tile_s
        if tile.spectrum_s >= min(end_s, spectrogram.newest_s):
            return
        painter = QPainter(tile.picture)
        tile.spectrum_s = spectrogram.draw(
            painter,
            self._view(),
            self._edge_s(index),
            (tile.spectrum_s, end_s),
            self.look.ink.theme,
        )
        painter.end()
        self._joined.change(self, index)
