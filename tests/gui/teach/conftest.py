"""A window whose microphone hears a player who does what the guide asks."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from gui.notices.wish import Wish
from gui.teach.guide_dialog import GuideDialog
from gui.teach.learning_job import LearningJob
from realtime.inference import instruments
from realtime.inference.instrument_file import TaughtInstrument, read_instrument
from realtime.inference.instruments import BUNDLED, hash_of
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_file import read_weights, with_metadata
from realtime.inference.spec import HEAD_TENSORS
from realtime.teach.guide import lesson_folder
from realtime.teach.guide.lesson_folder import LEARNED, LEARNED_WHOLE
from realtime.teach.keeping import CARD_KEY
from realtime.values.snapshot import LessonSound
from tests.realtime.teach.guide.player import plucked
from tests.realtime.teach.tones import RATE

STEP = 1 / 30


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Folder of the taught instruments."""
    folder = tmp_path / "instruments"
    for module in (instruments, lesson_folder):
        monkeypatch.setattr(module, "instruments_folder", lambda: folder)
    return folder


@dataclass
class Room:
    """The window with a player before its microphone."""

    stage: object
    play: object = plucked
    left: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    kept: list = field(default_factory=list)
    folder: str = ""
    done: LessonSound = field(default_factory=LessonSound)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))
    tail: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    def open(self) -> GuideDialog:
        self.stage.window.do(Wish.TEACH)
        return self.guide

    @property
    def guide(self) -> GuideDialog:
        return self.stage.window.wishes.teaching.guide

    def keep_lesson(self, folder: str) -> None:
        if self.folder and self.kept:
            path = Path(self.folder) / "take.flac"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, np.concatenate(self.kept), RATE)
            self.done = LessonSound(done_folder=self.folder, done=str(path))
        self.folder, self.kept = folder, []

    def step(self) -> None:
        session = self.guide.session
        status = session.guide.status
        if status.state == "play" and not len(self.left):
            sound = np.asarray(self.play(status.ask), np.float32)
            self.left = np.concatenate([np.zeros(RATE // 10, np.float32), sound])
        block = 3e-4 * self.rng.uniform(-1, 1, round(STEP * RATE)).astype(np.float32)
        part, self.left = self.left[: len(block)], self.left[len(block) :]
        block[: len(part)] += part
        if self.folder:
            self.kept.append(block)
        self.tail = np.concatenate([self.tail, block])[-RATE // 20 :]
        level = 10 * np.log10(float(np.mean(self.tail**2)) + 1e-12)
        self.stage.engine.forced = {"level_db": level, "lesson": self.done, "notes": ()}
        self.stage.play(STEP, STEP)

    def until(self, true, seconds=60) -> None:
        for _ in range(round(seconds / STEP)):
            if true():
                return
            self.step()
        raise AssertionError(self.guide.session.guide.status)

    def play_notes(self, count: int) -> None:
        self.until(lambda: self.guide.session.guide.notes_taken >= count, 30 + 6 * count)


@pytest.fixture
def room(stage, home, monkeypatch):
    room = Room(stage)
    monkeypatch.setattr(stage.engine, "keep_lesson", room.keep_lesson)
    yield room
    if room.guide is not None:
        room.guide.reject()


CARD = {
    "name": "bars", "verdict": "better", "taught": "2026-11-01T10:00:00", "notes_used": 7,
    "before": {"onset_f1": 0.5, "end_f1": 0.2}, "after": {"onset_f1": 0.75, "end_f1": 0.4},
    "others_before": {"onset_f1": 0.8, "end_f1": 0.5},
    "others_after": {"onset_f1": 0.796, "end_f1": 0.5},
    "phrases": [{"before": [[0.1, 0.5, 60]], "after": [[0.1, 0.5, 60], [0.6, 1.0, 64]]}],
}  # fmt: skip


@pytest.fixture(scope="session")
def instrument_bytes():
    """A valid instrument of the bundled model, named "bars"."""
    opened = open_model_file(None)
    weights = read_weights(opened.content, HEAD_TENSORS)
    card = {**CARD, "file": "", "phrases": []}
    taught = TaughtInstrument(
        "bars", hash_of(BUNDLED), weights, opened.spec.heads, opened.spec.refine, card
    )
    return taught.to_bytes()


@pytest.fixture
def learns(monkeypatch, instrument_bytes):
    """Lessons are learned in no time, with this verdict; a list of the folders learned from."""
    verdict = {"verdict": "better"}
    folders = []

    def start(job: LearningJob) -> None:
        folder = Path(job.arguments[0])
        folders.append(folder)
        job.part = 0.5
        job.progressed.emit(0.5)
        file = ""
        if job.thorough:
            if verdict.get("thorough", "better") == "better":
                card = {**CARD, "lesson": folder.name, "name": "bars"}
                (folder / LEARNED_WHOLE).write_bytes(
                    with_metadata(BUNDLED.read_bytes(), {CARD_KEY: json.dumps(card)})
                )
                file = str(folder / LEARNED_WHOLE)
        elif verdict["verdict"] == "better":
            taught = read_instrument(instrument_bytes)
            card = {**taught.card, "lesson": folder.name}
            (folder / LEARNED).write_bytes(replace(taught, card=card).to_bytes())
            file = str(folder / LEARNED)
        told = verdict.get("thorough", "better") if job.thorough else verdict["verdict"]
        job.finished.emit({**CARD, "verdict": told, "file": file})

    monkeypatch.setattr(LearningJob, "start", start)
    return folders, verdict
