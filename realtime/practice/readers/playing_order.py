"""The order in which the bars of a score are played: repeats, endings and jumps written out."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from realtime.practice.readers.musical_time import MOST_BARS, TooManyBars
from realtime.practice.readers.signs import ENDS, JUMPS, Sign
from realtime.troubles.codes import Code


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is played without a break: a bar, or a part of one.

    Args:
        bar: index of the written bar.
        begin: quarters from its beginning.
        end: where the next stretch begins.
        time: 1 the first time, 2 in the repetition.
    """

    bar: int
    begin: Fraction
    end: Fraction
    time: int = 1


@dataclass(slots=True)
class _Piece:
    """A stretch with what is decided at its beginning and its end."""

    stretch: Stretch
    begins: list[Sign] = field(default_factory=list)
    ends: list[Sign] = field(default_factory=list)

    @property
    def forward(self) -> bool:
        """Whether a repetition begins here."""
        return any(sign.kind == "forward" for sign in self.begins)

    @property
    def backward(self) -> Sign | None:
        """The sign that says that a repetition ends here."""
        return next((sign for sign in self.ends if sign.kind == "backward"), None)


@dataclass(slots=True)
class _Ending:
    """A bracket above the stretches from the first to the last, and those beside it."""

    first: int
    last: int
    numbers: frozenset[int]
    group: list["_Ending"] = field(default_factory=list)


@dataclass(slots=True)
class _Section:
    """What a repeat sign goes back to; `opened` by a sign of its own."""

    begin: int
    opened: bool = False
    time: int = 1


def playing_order(
    bars: Sequence[tuple[Fraction, Sequence[Sign]]], repeats: bool = True
) -> tuple[list[Stretch], list[Code]]:
    """The stretches of a score as they are played, and what of its signs has no clear meaning.

    A repeat goes back to its own sign, or else to where the last repeat ended. After D.C. and D.S.
    nothing is repeated, and the last ending is taken.

    Args:
        bars: length in quarters, and signs, of every written bar.
        repeats: False plays every passage once, with its last ending.

    Raises:
        TooManyBars: if they are more than `MOST_BARS`.
    """
    walk = _Walk(_pieces_of(bars), repeats)
    return walk.take(), sorted(set(walk.unclear))


def _pieces_of(bars: Sequence[tuple[Fraction, Sequence[Sign]]]) -> list[_Piece]:
    """Bars cut where something is repeated or jumped to in their middle, with what is there."""
    heard = {sign.kind for _, signs in bars for sign in signs if sign.sounds}
    pieces: list[_Piece] = []
    placed: list[tuple[Sign, int, int]] = []
    for index, (length, signs) in enumerate(bars):
        given = [sign for sign in signs if sign.sounds or sign.kind not in heard]
        signs = [replace(s, at=length if s.at is None else min(s.at, length)) for s in given]
        lines = {sign.at for sign in signs if sign.kind == "barline"}
        inner = {s.at for s in signs if s.kind in ("forward", "backward") or s.at in lines}
        inner &= {s.at for s in signs if s.kind != "barline"}
        cuts = sorted(at for at in inner if at is not None and 0 < at < length)
        edges = [Fraction(0), *cuts, length]
        first = len(pieces)
        pieces += [_Piece(Stretch(index, begin, end)) for begin, end in itertools.pairwise(edges)]
        for sign in signs:
            # What is no edge itself belongs to the whole bar.
            lost = len(edges) - 1 if sign.kind in ENDS else 0
            edge = edges.index(sign.at) if sign.at in edges[sign.kind in ENDS :] else lost
            placed.append((sign, first + edge - 1, first + edge))
    for sign, before, after in placed:
        if sign.kind in ("backward", "end", *ENDS):
            pieces[max(before, 0)].ends.append(sign)
        elif after < len(pieces):
            pieces[after].begins.append(sign)
    return pieces


def _endings_of(pieces: list[_Piece]) -> tuple[dict[int, _Ending], bool]:
    """The ending above each stretch, and whether some were left out for what they do not say."""
    found: list[_Ending] = []
    opened: _Ending | None = None
    for index, piece in enumerate(pieces):
        for sign in (*piece.begins, *piece.ends):
            if sign.kind == "begin" and opened is None:
                opened = _Ending(index, index, sign.numbers)
            if sign.kind == "end" and opened is not None:
                opened.last = index
                found.append(opened)
                opened = None
        following = pieces[index + 1 : index + 2]
        begins = any(s.kind == "begin" for p in following for s in p.begins)
        if opened is not None and (begins or piece.backward or not following):
            opened.last = index
            found.append(opened)
            opened = None
    groups: list[list[_Ending]] = []
    for ending in found:
        before = groups[-1] if groups else []
        after = bool(before) and before[-1].last + 1 == ending.first
        highest = max((max(e.numbers, default=0) for e in before), default=0)
        if after and (not ending.numbers or min(ending.numbers) > highest):
            before.append(ending)
        else:
            groups.append([ending])
    above: dict[int, _Ending] = {}
    unclear = False
    for group in groups:
        for number, ending in enumerate(group, start=1):
            ending.numbers = ending.numbers or frozenset({number})
            ending.group = group
        led_back = all(_leads_back(pieces, ending) for ending in group[:-1])
        if min(group[0].numbers) > 1 or not led_back:
            unclear = True
            continue
        for ending in group:
            above |= dict.fromkeys(range(ending.first, ending.last + 1), ending)
    return above, unclear


def _leads_back(pieces: list[_Piece], ending: _Ending) -> bool:
    inside = pieces[ending.first : ending.last + 1]
    return any(p.backward or any(s.kind in JUMPS for s in p.ends) for p in inside)


class _Walk:
    """Goes through the stretches as a player does.

    Args:
        pieces: as written.
        repeats: False plays every passage once.
    """

    def __init__(self, pieces: list[_Piece], repeats: bool) -> None:
        self._pieces, self._repeats = pieces, repeats
        self.unclear: list[Code] = []
        self._endings, unclear = _endings_of(pieces)
        if unclear:
            self.unclear.append(Code.SCORE_ENDINGS)
        self._sections = [_Section(0)]
        self._jump: Sign | None = None
        self._to_fine = self._to_coda = False
        self._done: set[int] = set()

    def take(self) -> list[Stretch]:
        """The stretches in the order of playing."""
        order: list[Stretch] = []
        at: int | None = 0
        came_back = False
        while at is not None and at < len(self._pieces):
            piece, section = self._pieces[at], self._sections[-1]
            if piece.forward and not came_back and (section.begin, section.opened) != (at, True):
                section = _Section(at, opened=True)
                self._sections.append(section)
            ending = self._endings.get(at)
            if ending is not None and at == ending.first and ending is not self._chosen(ending):
                if ending is ending.group[-1]:
                    self._close(ending.last)
                at = ending.last + 1
                came_back = False
                continue
            if len(order) >= MOST_BARS:
                raise TooManyBars
            stretch = piece.stretch
            order.append(Stretch(stretch.bar, stretch.begin, stretch.end, section.time))
            following = self._after(at, ending)
            came_back = following is not None and following <= at and following == section.begin
            at = following
        return order

    def _highest(self, group: list[_Ending]) -> int:
        """How often the passage before these endings is played."""
        highest = max(max(ending.numbers) for ending in group)
        alone = len(group) == 1 and self._pieces[group[0].last].backward is not None
        return highest + alone

    def _chosen(self, ending: _Ending) -> _Ending | None:
        """The ending of its group that is played now; None where the way on is the last one."""
        group, time = ending.group, self._sections[-1].time
        highest = self._highest(group)
        if not self._repeats or (self._jump is not None and not self._again_after(group)):
            time = highest
        fitting = [one for one in group if time in one.numbers]
        if fitting:
            return fitting[0]
        return None if len(group) == 1 else group[-1]

    def _again_after(self, group: list[_Ending]) -> bool:
        signs = [self._pieces[one.last].backward for one in group]
        return any(sign is not None and sign.after_jump for sign in signs)

    def _after(self, at: int, ending: _Ending | None) -> int | None:
        """Index of the stretch that is played after this one, None at the end."""
        piece = self._pieces[at]
        if self._jump is not None:
            if self._to_fine and any(sign.kind == "fine" for sign in piece.ends):
                return None
            for sign in piece.ends:
                if sign.kind == "tocoda" and self._to_coda:
                    target = self._find("coda", sign.name, at, ahead=True)
                    if target is not None:
                        self._to_coda, self._to_fine = False, True
                        self._sections = [_Section(target)]
                        return target
        section = self._sections[-1]
        if piece.backward is not None:
            times = self._highest(ending.group) if ending else piece.backward.times
            free = self._jump is None or piece.backward.after_jump
            if self._repeats and free and section.time < times:
                section.time += 1
                return section.begin
            self._close(at)
        elif ending is not None and at == ending.last and ending is ending.group[-1]:
            self._close(at)
        for sign in piece.ends:
            if sign.kind in JUMPS and at not in self._done:
                self._done.add(at)
                target = self._leap(sign, at)
                if target is not None:
                    return target
        return at + 1

    def _close(self, at: int) -> None:
        """A repetition is over: what follows goes back no further, but to a sign around it."""
        if len(self._sections) > 1:
            self._sections.pop()
        if len(self._sections) == 1:
            self._sections = [_Section(at + 1)]

    def _leap(self, sign: Sign, at: int) -> int | None:
        """Jump to the beginning or a segno; None where there is none."""
        target = 0 if sign.kind == "dacapo" else self._find("segno", sign.name, at, ahead=False)
        words = sign.words.casefold()
        kinds = {one.kind for piece in self._pieces for one in piece.ends}
        lost = ("fine" in words and "fine" not in kinds) or (
            ("coda" in words or "\U0001d10c" in words) and "tocoda" not in kinds
        )
        if target is None or lost:
            self.unclear.append(Code.SCORE_JUMPS)
        if target is None:
            return None
        self._jump = sign
        self._to_fine = "coda" not in words or "fine" in words
        self._to_coda = "fine" not in words or "coda" in words
        self._sections = [_Section(target)]
        return target

    def _find(self, kind: str, name: str, at: int, ahead: bool) -> int | None:
        """The stretch with a sign: the one of that name, else the nearest behind or ahead."""
        there = [
            (index, sign)
            for index, piece in enumerate(self._pieces)
            for sign in piece.begins
            if sign.kind == kind
        ]
        named = [index for index, sign in there if name and sign.name == name]
        nearest = [index for index, _ in there if (index > at) == ahead]
        if named:
            return named[0]
        if nearest:
            return nearest[0] if ahead else nearest[-1]
        if kind == "coda":
            self.unclear.append(Code.SCORE_JUMPS)
        return None
