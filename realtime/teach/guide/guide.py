"""Leads a player through a lesson: asks, hears, checks, and goes on by itself. No window."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from realtime.teach.guide.attempts import (
    AttemptContext,
    AttemptFault,
    HeardNote,
    Judgement,
    judge_attempt,
    peak_db,
)
from realtime.teach.guide.note_watch import Lengths, NoteWatch, room_level
from realtime.teach.guide.plan import (
    FAMILIES,
    MOST,
    Ask,
    opening,
    propose_checks,
    propose_more,
    propose_notes,
)
from realtime.teach.listening.hum import Hum, find_hum, without_hum, without_offset
from realtime.values.arrays import Floats

State = Literal["quiet", "play", "hearing", "checking", "taken", "paused", "done"]
"""What the player is told: be quiet, play, go on playing; wait; it was taken; the lesson rests, or
all was asked."""
Order = Literal["begin", "end"]
"""To the engine: keep sound from now on, or stop keeping it and give it to `check`."""

ROOM_SECONDS = 2.0
FEWEST_TAKEN = 5
"""Notes from which something can be learned."""
TAKEN_SECONDS = 0.7
"""So long is said that a note was taken before the next one is asked for."""
LENIENT_TRIES = 3
"""Number of the try from which on doubts count no more."""
FRESH_SECONDS = 40.0
"""An attempt that nobody begins is kept anew after so long, so that its sound stays short."""
LENGTHS = {"chord": Lengths(4.0), "phrase": Lengths(15.0, 1.5)}
"""Kind of ask -> how long it may last, where that is not the usual."""


@dataclass(frozen=True)
class Moment:
    """What the engine shows of a moment."""

    now_s: float
    """Time of the stream in seconds."""
    level_db: float
    """RMS of the last 50 ms, dBFS."""
    notes: Sequence[tuple[float, int, float]] = ()
    """Notes of the last seconds: onset (stream time), MIDI pitch, certainty."""


@dataclass(frozen=True)
class Taken:
    """Something that was asked, played, and is learned from."""

    ask: Ask
    pitches: tuple[int, ...]
    """MIDI; empty for room and phrase."""
    start_s: float
    """Where the note starts, in seconds of its sound."""
    end_s: float
    cents: float
    level_db: float
    sound: str = ""
    """Name of its sound's file."""


@dataclass(frozen=True)
class Status:
    """How the lesson stands, for whoever shows it."""

    state: State
    ask: Ask | None
    """What is asked for now, None at the end."""
    number: int
    """Things asked before, skipped ones too."""
    of: int
    """Things that are asked in all, as far as known."""
    taken: int
    """Notes that can be learned from."""
    judged: Judgement | None
    """What the last attempt held; None where nothing was played since the ask."""
    tries: int
    """Attempts at what is asked for now; 0 once it is taken, skipped or asked anew."""

    @property
    def fault(self) -> AttemptFault:
        """What is wrong with the last attempt."""
        return self.judged.fault if self.judged else AttemptFault.NONE


class Guide:
    """A lesson: asks for notes one by one, judges the attempts, and says what to ask next.

    Feed it with `push` sixty times a second, carry out what it orders, and give it the sound of
    an attempt with `check`.

    Args:
        family: code of `plan.FAMILIES`.
        a4_hz: tuning in which the notes are named.
        known: what was taken earlier, in a lesson that goes on.
    """

    def __init__(self, family: str = "", a4_hz: float = 440.0, known: Sequence[Taken] = ()) -> None:
        self.family = FAMILIES.get(family, FAMILIES[""])
        self._a4_hz = a4_hz
        self.taken: list[Taken] = list(known)
        self._asks: list[Ask] = opening()
        self._more = bool(known)
        self._stage = 0
        """How far the asks reach: range, notes, checks."""
        self._place = 0
        self._state: State = "quiet"
        self._paused = False
        self._judged: Judgement | None = None
        self._offered: Taken | None = None
        """The last attempt, which the player may take as it is."""
        self._tries = 0
        self._keeping = False
        self._room_db = -80.0
        self._now = self._since = 0.0
        self._notes: Sequence[tuple[float, int, float]] = ()
        self._off: list[tuple[int, int]] = []
        """(asked pitch, semitones from it to what was heard) of notes that were others."""
        self._hum: Hum | None = None
        self._octaves: set[int] = set()
        """Semitones, multiples of 12, by which the instrument sounds beside what is asked for."""
        self._watch = self._new_watch()

    @property
    def ask(self) -> Ask | None:
        """What is asked for now."""
        return self._asks[self._place] if self._place < len(self._asks) else None

    @property
    def status(self) -> Status:
        """Snapshot of the lesson: what is asked for, and what was taken."""
        state: State = "paused" if self._paused else self._state
        return Status(
            state, self.ask, self._place, self._in_all(), self.notes_taken, self._judged,
            self._tries,
        )  # fmt: skip

    def _in_all(self) -> int:
        """Things that are asked; the most that may come where it is not known.

        So the part that is done never falls back.
        """
        notes = MOST if self._stage == 0 else 0
        checks = (3 if self.family.chords else 1) if self._stage < 2 else 0
        return len(self._asks) + notes + checks

    @property
    def notes_taken(self) -> int:
        """Single notes that were taken."""
        return sum(len(one.pitches) == 1 for one in self.taken)

    @property
    def enough(self) -> bool:
        """Whether the lesson may end here: enough different notes were taken."""
        return len(self._pitches()) >= FEWEST_TAKEN

    def push(self, moment: Moment) -> Order | None:
        """Take a moment; returns what the engine shall do."""
        self._now, self._notes = moment.now_s, moment.notes
        if self._paused or self._state == "done":
            return self._end_keeping()
        if self._state == "checking":
            return None
        if self._state == "taken":
            if 0 <= moment.now_s - self._since < TAKEN_SECONDS:
                return None
            self._to_the_next()
            return None
        if not self._keeping:
            self._keeping, self._since = True, moment.now_s
            return "begin"
        if self.ask is not None and self.ask.kind == "room":
            return self._record_room(moment)
        phase = self._watch.push(moment.now_s, moment.level_db)
        if phase in ("waiting", "ready"):
            self._state = "quiet" if phase == "waiting" else "play"
            late = not 0 <= moment.now_s - self._since < FRESH_SECONDS
            if late:
                self._since = moment.now_s
                return "begin"
        elif phase == "sounding":
            self._state = "hearing"
        else:
            self._state, self._keeping = "checking", False
            return "end"
        return None

    def check(self, sound: Floats, rate: int) -> Taken | None:
        """Judge an attempt by its sound; returns what was taken, whose sound shall be kept.

        Args:
            sound: (n,) from "begin" to "end".
            rate: Hz.
        """
        ask = self.ask
        if ask is None or self._state != "checking":
            return None
        if ask.kind == "room":
            room = without_offset(sound, rate)
            self._room_db = room_level(room, rate)
            self._hum = find_hum(room, rate)
            level = peak_db(without_hum(room, rate, self._hum))
            return self._take(Taken(ask, (), 0.0, len(sound) / rate, 0.0, level))
        self._tries += 1
        began = self._watch.began_s - 0.15
        heard = [HeardNote(p, sure) for onset, p, sure in self._notes if onset >= began]
        found = judge_attempt(sound, rate, ask, heard, self._context(ask))
        lowest = [one.pitches for one in self.taken if one.ask.kind == "lowest"]
        if ask.kind == "highest" and not found.fault and (found.pitch,) in lowest:
            found = replace(found, fault=AttemptFault.OTHER)
        if found.fault is AttemptFault.OTHER and found.pitch - ask.pitch in self._octaves:
            found = replace(found, fault=AttemptFault.NONE)  # the player has said that it is so
        self._judged = found
        offered = self._as_taken(ask, found)
        if not found.fault:
            return self._take(offered)
        self._offered = offered if found.usable and all(offered.pitches) else None
        if found.fault is AttemptFault.OTHER and ask.kind == "note":
            self._off.append((ask.pitch, found.pitch - ask.pitch))
        self._again()
        return None

    @property
    def offset(self) -> int:
        """Semitones by which different notes sounded off in the same way; 0 where they did not.

        Such an instrument transposes, or is tuned to another A.
        """
        for asked, steps in self._off[:-1]:
            if asked != self._off[-1][0] and steps == self._off[-1][1] and abs(steps) <= 3:
                return steps
        return 0

    def fail(self) -> None:
        """The sound of an attempt could not be had: ask again."""
        if self._state == "checking":
            self._again()

    @property
    def offer(self) -> int:
        """MIDI pitch as which the last attempt may be taken all the same; 0 where it may not."""
        return self._offered.pitches[0] if self._offered and self._offered.pitches else 0

    def take_anyway(self) -> Taken | None:
        """The player says that the last attempt is right, as the note that was heard.

        Where it was octaves from what was asked for, so his instrument sounds: later notes that are
        as far from what was asked for are taken too, as what they sound.
        """
        if self._offered is None:
            return None
        asked, pitches = self._offered.ask.pitch, self._offered.pitches
        if asked and pitches and pitches[0] != asked and (pitches[0] - asked) % 12 == 0:
            self._octaves.add(pitches[0] - asked)
        return self._take(self._offered)

    def keep(self, taken: Taken, kept: Taken) -> None:
        """The sound of something taken lies in a file now, with other times."""
        self.taken[self.taken.index(taken)] = kept

    def retract(self, taken: Taken) -> None:
        """What was taken could not be kept: ask for it again."""
        self.taken.remove(taken)
        self._begin_ask()

    def pause(self) -> None:
        """Listen no more until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Go on where the lesson rests."""
        self._paused = False
        self._again()

    def skip(self) -> None:
        """Go on without what is asked for now."""
        self._to_the_next()

    def back(self) -> Taken | None:
        """Ask again for what came before; returns what was taken of it, which is forgotten."""
        if self._place == 0:
            return None
        self._place -= 1
        self._begin_ask()
        forgotten = next((one for one in reversed(self.taken) if one.ask == self.ask), None)
        if forgotten is not None:
            self.taken.remove(forgotten)
        return forgotten

    def stop(self) -> None:
        """End with what there is."""
        self._place, self._state, self._paused = len(self._asks), "done", False

    def _record_room(self, moment: Moment) -> Order | None:
        self._state = "quiet"
        if moment.now_s - self._since < ROOM_SECONDS:
            return None
        self._state, self._keeping = "checking", False
        return "end"

    def _context(self, ask: Ask) -> AttemptContext:
        rooms = [one.level_db for one in self.taken if one.ask.kind == "room"]
        cents = [one.cents for one in self.taken if len(one.pitches) == 1]
        usual = [
            one.level_db
            for one in self.taken
            if one.pitches == ask.pitches and one.ask.touch == "usual"
        ]
        return AttemptContext(
            rooms[-1] if rooms else -120.0,
            statistics.median(cents) if len(cents) >= 3 else 0.0,
            usual[-1] if usual else None,
            self._a4_hz,
            self._hum,
            self._tries >= LENIENT_TRIES,
        )

    def _as_taken(self, ask: Ask, found: Judgement) -> Taken:
        pitches = ask.pitches if ask.kind == "chord" else (found.pitch or ask.pitch,)
        if ask.kind == "phrase":
            pitches = ()
        return Taken(ask, pitches, found.start_s, found.end_s, found.cents, found.level_db)

    def _take(self, taken: Taken) -> Taken:
        self.taken.append(taken)
        self._offered, self._state, self._since = None, "taken", self._now
        return taken

    def _again(self) -> None:
        self._state, self._keeping = "quiet", False
        self._watch = self._new_watch()

    def _begin_ask(self) -> None:
        self._judged, self._offered, self._tries = None, None, 0
        self._again()

    def _to_the_next(self) -> None:
        """The next thing that was not taken yet."""
        self._place += 1
        while True:
            if self._place >= len(self._asks):
                if self._stage == 2:
                    break
                self._extend()
            elif self._is_taken(self._asks[self._place]):
                self._place += 1
            else:
                break
        self._begin_ask()
        if self.ask is None:
            self._state = "done"

    def _is_taken(self, ask: Ask) -> bool:
        usual = ask.kind == "note" and ask.touch == "usual"
        return any(one.ask == ask for one in self.taken) or (usual and ask.pitch in self._pitches())

    def _extend(self) -> None:
        """What follows depends on what was played: the notes on the range, chords on the notes."""
        pitches, self._stage = self._pitches(), self._stage + 1
        if self._stage == 2:
            self._asks += propose_checks(pitches, self.family)
            return
        kinds = {one.ask.kind for one in self.taken}
        low = min(pitches) if "lowest" in kinds else self.family.low
        high = max(pitches) if "highest" in kinds else self.family.high
        self._asks += propose_notes(low, high, self.family)
        if self._more and pitches:
            self._asks += propose_more(pitches)

    def _pitches(self) -> list[int]:
        return sorted({one.pitches[0] for one in self.taken if len(one.pitches) == 1})

    def _end_keeping(self) -> Order | None:
        if not self._keeping:
            return None
        self._keeping = False
        return "end"

    def _new_watch(self) -> NoteWatch:
        kind = self.ask.kind if self.ask is not None else "note"
        return NoteWatch(self._room_db, LENGTHS.get(kind, Lengths()))
