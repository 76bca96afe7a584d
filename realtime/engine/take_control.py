"""Starts and stops takes, and turns the engine's events into their time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from realtime.engine.lesson_recorder import LessonRecorder
from realtime.files.click import Click
from realtime.takes.folders import default_folder
from realtime.takes.journal import TakeEvent, TakeInfo
from realtime.takes.recent import Keeping, RecentMusic
from realtime.takes.recorder import LOOK_SECONDS, TakeRecorder
from realtime.transcription.chain import Timed
from realtime.transcription.instrument import InstrumentGuess
from realtime.transcription.pitch_bend import Bend
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats
from realtime.values.notes import NoteOn
from realtime.values.settings import EngineSettings

_NO_SOUND: Floats = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TakeStatus:
    """What there is to show about takes."""

    recording: bool = False
    length_s: float = 0.0
    notes: int = 0
    last_take: str = ""
    troubles: tuple[Trouble, ...] = ()
    unwritten: bool = False
    """Whether a take waits in memory because its folder cannot be written."""


class TakeControl:
    """The take being recorded, if any, and those whose files are still being finished."""

    def __init__(self) -> None:
        self.recent = RecentMusic()
        """What was just played, whether or not it is recorded."""
        self._keeping: list[Keeping] = []
        self._current: TakeRecorder | None = None
        self.started_s = 0.0
        """Stream time at which the running take began."""
        self._rates = (0, 0)
        """Hz of the source now and of the running take."""
        self._resampler: Any = None
        """Where the two differ: a stream from the one to the other."""
        self._finishing: list[TakeRecorder] = []
        self._guess: InstrumentGuess | None = None
        self._before: Floats = np.zeros(0, dtype=np.float32)
        self._named = ""
        self.lesson = LessonRecorder()
        """Sound of a lesson, kept beside the takes and as they are."""
        self.finished: list[Path] = []
        """The .mid of every take that was finished."""
        self.complaint: Trouble | None = None
        """Why the take that has ended is not whole or not finished, and where it lies."""
        self._lacks: Trouble | None = None
        """What the newest take that ended lacks."""
        self._of_the_last: Trouble | None = None
        """What there is to say of the newest take that ended."""

    @property
    def recording(self) -> bool:
        """Whether a take is being recorded."""
        return self._current is not None

    def start(self, folder: str, info: TakeInfo, stream_s: float) -> None:
        """Begin a take at this stream time; "" is the user's own folder. No-op while recording."""
        if self._current is None:
            self._current = TakeRecorder(_path(folder), info)
            self.started_s, self._rates = stream_s, (info.rate, info.rate)
            self._guess, self._named = None, info.instrument

    def keep_recent(self, folder: str, info: TakeInfo, whole: bool = False) -> None:
        """Make a take of the piece that was played last, or of all that is held.

        Nothing is made where there was no note since the last take.
        """
        music = self.recent.music(whole)
        if music is None:
            return
        self.recent.mark_kept()
        recorder = TakeRecorder(_path(folder), info)
        self._keeping.append(Keeping(music, recorder))
        self._finishing.append(recorder)

    def follow_rate(self, rate: int) -> None:
        """The source goes on at another rate (Hz); the running take keeps its own."""
        if self._current is not None:
            self._let_out()
            self._rates = (rate, self._rates[1])
            if rate != self._rates[1]:
                import soxr

                self._resampler = soxr.ResampleStream(*self._rates, 1, dtype="float32")

    def _let_out(self) -> None:
        """The take gets what its resampler holds back."""
        if self._current is not None and self._resampler is not None:
            rest = self._resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
            self._current.add(rest, ())
        self._resampler = None

    def may_move_to(self, folder: str) -> None:
        """Takes whose own folder cannot be written go to this one."""
        for recorder in (self._current, *self._finishing):
            if recorder is not None:
                recorder.may_move_to(_path(folder))

    def stop(self, remark: Trouble | None = None) -> None:
        """End the take; its files are finished in the background.

        Args:
            remark: what the take lacks; kept with it and told until the next one.
        """
        if self._current is not None:
            if remark is not None:
                at_s = self._current.length_s
                self._current.add_marker(TakeEvent("marker", at_s, at_s, text=str(remark)))
            self._lacks = remark
            self._let_out()
            self._current.stop()
            self.recent.mark_kept()
            self._finishing.append(self._current)
            self._current = None

    def add(self, block: Floats, timed: Sequence[Timed], frame_seconds: float) -> None:
        """Take a block of sound, float32 `(samples,)`, and the events it gave, dated in frames."""
        self.lesson.add(block)
        entries = [_entry(item, frame_seconds) for item in timed]
        self.recent.add(block, entries)
        if self._current is not None:
            if self._resampler is not None:
                block = self._resampler.resample_chunk(block)
            self._current.add(block, [self._in_take(entry) for entry in entries])

    def wait_for_disk(self) -> None:
        """Let the writer catch up, for a file that is heard faster than a disk takes its sound.

        Where the disk refuses nobody waits: that is told, and the take goes on elsewhere.
        """
        while self._current is not None and self._current.is_far_behind():
            self._current.wait(LOOK_SECONDS)

    def bend(self, bends: Sequence[Bend], stream_s: float, frame_seconds: float) -> None:
        """How the pitch of the note that sounds moved, in cents, known at `stream_s` seconds."""
        for bend in bends:
            at_s, cents = bend.frame * frame_seconds, round(bend.cents, 1)
            entry = TakeEvent("bend", at_s, stream_s, cents=cents)
            self.recent.add(_NO_SOUND, (entry,))
            if self._current is not None:
                self._current.add_marker(self._in_take(entry))

    def add_gap(self, samples: int, text: str) -> None:
        """So many samples of the source are missing; `text` says so in the take."""
        self.recent.add_gap(samples)
        if self._current is not None:
            now, taken = self._rates
            if self._resampler is not None:
                self.follow_rate(now)  # what it holds back comes before the gap
            self._current.add_gap(round(samples * taken / now), text)

    def add_marker(self, text: str, stream_s: float) -> None:
        """Something worth knowing happened at this stream time, in seconds."""
        if self._current is not None:
            at_s = max(0.0, stream_s - self.started_s)
            self._current.add_marker(TakeEvent("marker", at_s, at_s, text=text))

    def add_click(self, click: Click | None, stream_s: float) -> None:
        """The take is played to this click from `stream_s` seconds on; None: to none."""
        if self._current is not None:
            now_s = max(0.0, stream_s - self.started_s)
            at_s = now_s if click is None else click.first_beat_s
            text = "" if click is None else f"{click.bpm} {click.beats}"
            self._current.add_marker(TakeEvent("click", at_s, now_s, text=text))

    def name_instrument(self, guess: InstrumentGuess, stream_s: float) -> None:
        """Keep with the take what the model heard most in it so far; the player's word counts more.

        A guess of another chain begins anew.
        """
        if self._current is None:
            self._guess = None
            return
        if self._guess is not guess:
            self._guess, self._before = guess, guess.totals.copy()
        name = guess.overall(self._before)
        if name and name != self._named:
            self._named = name
            at_s = max(0.0, stream_s - self.started_s)
            self._current.add_marker(TakeEvent("instrument", at_s, at_s, text=name))

    def status(self) -> TakeStatus:
        """Figures of the running take, and the newest finished one."""
        for recorder in [r for r in self._finishing if r.finished]:
            self._finishing.remove(recorder)
            if recorder.take is not None:
                self.finished.append(recorder.take)
            else:
                self.recent.mark_lost()
            self._of_the_last = recorder.trouble or recorder.remark
            self.complaint = recorder.trouble or self.complaint
        current, last_take = self._current, str(self.finished[-1]) if self.finished else ""
        open_ones = [recorder for recorder in (current, *self._finishing) if recorder is not None]
        unwritten = any(recorder.trouble is not None for recorder in open_ones)
        told = [recorder.trouble for recorder in open_ones]
        told += [recorder.remark for recorder in open_ones]
        if current is None:
            told += [self._of_the_last, self._lacks]
        troubles = tuple(trouble for trouble in told if trouble is not None)
        if current is None:
            return TakeStatus(last_take=last_take, troubles=troubles, unwritten=unwritten)
        return TakeStatus(
            True, current.length_s, current.note_count, last_take, troubles, unwritten
        )

    def wait_for_writers(self, goes_on: Callable[[float], bool]) -> None:
        """End every take with what it holds, and wait for its files; from any thread.

        For an engine that hangs and cannot call `close` itself.
        """
        for recorder in (self._current, *self._finishing):
            if recorder is not None:
                recorder.close(goes_on)

    def close(self, goes_on: Callable[[float], bool] = lambda done: True) -> None:
        """End the take and wait for the files of all takes, as long as their writers get anywhere.

        Args:
            goes_on: see `TakeRecorder.close`.
        """
        self.stop()
        self.lesson.close(goes_on)
        for keeping in self._keeping:
            keeping.finish()
        for recorder in list(self._finishing):
            recorder.close(goes_on)
            self.complaint = recorder.trouble or self.complaint
            self._of_the_last = recorder.trouble or recorder.remark
        self.status()

    def _in_take(self, entry: TakeEvent) -> TakeEvent:
        """An event of the stream in seconds of the take."""
        at_s = max(0.0, entry.at_s - self.started_s)
        return replace(entry, at_s=at_s, left_s=max(0.0, entry.left_s - self.started_s))


def describe_take(
    settings: EngineSettings, rate: int, heard: InstrumentGuess, title: str
) -> TakeInfo:
    """What a take knows of itself; its track is called by the instrument.

    Args:
        settings: as the player chose them.
        rate: of its sound, in Hz.
        heard: what the model takes the instrument for.
        title: what the take is to be called; "" names it by the time.
    """
    track = (settings.instrument or heard.name).capitalize() or "Jaka to melodia"
    return TakeInfo(rate, track, settings.instrument, settings.keep_sound, title)


def _entry(item: Timed, frame_seconds: float) -> TakeEvent:
    """An event in seconds of the stream."""
    event, at_s = item.event, item.event.frame * frame_seconds
    if isinstance(event, NoteOn):
        return TakeEvent("on", at_s, item.emitted_s, event.pitch, event.velocity)
    return TakeEvent("off", at_s, item.emitted_s, event.pitch)


def _path(folder: str) -> Path:
    return Path(folder).expanduser() if folder else default_folder()
