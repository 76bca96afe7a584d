"""The readers of foreign files, each with good seeds and the errors that it may raise.

`python -m benchmarks.attacks.fuzz_readers READER SEED FIRST COUNT FOLDER PIPE` runs cases in
this process
and writes the number of each to the pipe before it begins, so that one that kills it is known.
"""

import os
import random
import resource
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.attacks import fuzz_practice, fuzz_trainer, fuzz_values
from benchmarks.attacks.fuzz_values import Reading
from benchmarks.attacks.mutations import mutate, mutate_values
from realtime.troubles.errors import UserError

MOST_FRAMES = 2_000_000
LONGEST_SECONDS = 5.0
"""Processor time that a case may take."""
LARGEST_MB = 1_000.0
"""What a process that reads strange files may grow to."""


def sound_seeds(folder: Path) -> list[bytes]:
    """A tenth of a second in every format we take."""
    tone = 0.3 * np.sin(np.arange(1600) / 5)
    seeds = []
    for name, rate, channels in (
        ("a.wav", 16_000, 1), ("b.flac", 44_100, 2), ("c.ogg", 16_000, 1), ("d.mp3", 16_000, 1),
        ("e.aiff", 8_000, 1), ("f.au", 16_000, 1), ("g.caf", 48_000, 3),
    ):  # fmt: skip
        soundfile.write(folder / name, np.stack([tone] * channels, axis=1), rate)
        seeds.append((folder / name).read_bytes())
    return seeds


def read_sound(content: bytes, folder: Path) -> None:
    """Open a sound file the way `jtm transcribe` does."""
    from realtime.audio.sources import FileSource

    path = folder / "case.wav"
    path.write_bytes(content)
    source = FileSource(path)
    try:
        total = 0
        while (block := source.read(65_536)) is not None and total < MOST_FRAMES:
            assert block.dtype == np.float32 and block.ndim == 1
            total += len(block)
    finally:
        source.close()


def model_seeds(folder: Path) -> list[bytes]:
    """The toy model of the tests, and the specification alone."""
    from tests.support.toy_model import save

    return [save(folder / "toy.onnx").read_bytes()]


def outline_seeds(folder: Path) -> list[bytes]:
    """The toy model without its weights, which the outline does not look at."""
    from tests.support.toy_model import build

    model = build()
    for tensor in model.graph.initializer:
        tensor.raw_data = tensor.raw_data[:64]
    return [model.SerializeToString()]


def read_outline(content: bytes, folder: Path) -> None:
    """Everything that is looked at before the runtime sees a model."""
    from realtime.inference.model_file import read_model_file
    from realtime.inference.spec import METADATA_KEY, ModelSpec

    path = folder / "case.onnx"
    path.write_bytes(content)
    _, summary = read_model_file(path)
    ModelSpec.from_json(summary.metadata.get(METADATA_KEY, ""))


def load_model(content: bytes, folder: Path) -> None:
    """The whole way: runtime, signature, two steps."""
    from realtime.inference.onnx_model import OnnxModel

    path = folder / "case.onnx"
    path.write_bytes(content)
    model = OnnxModel(path)
    for _ in range(2):
        model.step(np.zeros(model.spec.hop_samples, dtype=np.float32))


def settings_seeds(folder: Path) -> list[bytes]:
    """Give settings as the window's file holds them."""
    return [
        b"[General]\ngain_db=3.5\ninput=ALSA: pulse\nmodel=/x/y.onnx\nsensitivity=0.7\n"
        b"channel=3\ngeometry=@ByteArray(\\x1\\xd9\\xd0\\xcb)\n"
    ]


def read_settings(content: bytes, folder: Path) -> None:
    """Read remembered settings the way the window does at its start."""
    from gui.settings.store import SettingsStore

    path = folder / "window.ini"
    path.write_bytes(content)
    SettingsStore(path).load()


def csv_seeds(folder: Path) -> list[bytes]:
    """Give the notes of a take, as its .csv holds them."""
    return [
        b"onset_s,offset_s,midi_pitch,velocity,emitted_s\n0.5,0.9,60,64,0.55\n1.0,1.5,64,90,1.05\n"
    ]


def read_notes(content: bytes, folder: Path) -> None:
    """Read the notes of a take the way the take list does."""
    from realtime.files.note_files import read_csv

    path = folder / "case.csv"
    path.write_bytes(content)
    read_csv(path)


def journal_seeds(folder: Path) -> list[bytes]:
    """The three files of a journal, joined by a mark."""
    from realtime.takes.journal import JournalWriter, TakeEvent, TakeInfo

    journal = JournalWriter(folder / "take-20260101-000000.recording", TakeInfo(16_000))
    journal.append_events([TakeEvent("on", 0.1, 0.15, 60, 64), TakeEvent("off", 0.3, 0.35, 60)])
    journal.append_audio(np.zeros(4_000, dtype=np.float32))
    journal.close()
    names = ("meta.json", "events.jsonl", "audio-0001.flac")
    content = MARK.join((journal.folder / name).read_bytes() for name in names)
    shutil.rmtree(journal.folder)
    return [content]


MARK = b"<<part>>"


def read_journal(content: bytes, folder: Path) -> None:
    """Recover a take the way the next start does: whatever is there, nothing may be raised."""
    from realtime.takes.recovery import recover

    inner = folder / "takes"
    shutil.rmtree(inner, ignore_errors=True)
    journal = inner / "take-20260101-000000.recording"
    journal.mkdir(parents=True)
    names = ("meta.json", "events.jsonl", "audio-0001.flac")
    for name, part in zip(names, content.split(MARK), strict=False):
        (journal / name).write_bytes(part)
    recover(inner)


VALUE_READERS = fuzz_values.VALUES | fuzz_practice.VALUES | fuzz_trainer.VALUES
"""Readers whose seeds are JSON: values in it are changed, in those of others bytes."""
READERS: dict[str, Reading] = {
    "sound": (sound_seeds, read_sound, (UserError,)),
    "container": (fuzz_practice.container_seeds, read_sound, (UserError,)),
    "model outline": (outline_seeds, read_outline, (UserError,)),
    "model": (model_seeds, load_model, (UserError,)),
    "settings": (settings_seeds, read_settings, ()),
    "notes": (csv_seeds, read_notes, (ValueError,)),
    "journal": (journal_seeds, read_journal, ()),
    **fuzz_values.BYTES,
    **fuzz_practice.BYTES,
    **fuzz_trainer.BYTES,
    **VALUE_READERS,
}
"""Name -> (makes good files, reads one, errors it may raise)."""


def main(name: str, seed: int, first: int, count: int, folder: Path, pipe: int) -> None:
    """Run cases; anything but a promised error ends the process."""
    make_seeds, read, allowed = READERS[name]
    seeds = make_seeds(folder)
    for good in seeds:
        read(good, folder)
    for case in range(first, first + count):
        rng = random.Random(f"{seed} {name} {case}")
        change = mutate_values if name in VALUE_READERS else mutate
        content = change(rng.choice(seeds), rng)
        os.write(pipe, b"%d\n" % case)
        began_s = _processor_s()
        with suppress(*allowed):
            read(content, folder)
        took_s = _processor_s() - began_s
        assert took_s < LONGEST_SECONDS, f"case {case} took {took_s:.1f} s"
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        assert largest < LARGEST_MB, f"{largest:.0f} MB after case {case}"


def _processor_s() -> float:
    """Processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    reader, folder, numbers = sys.argv[1], Path(sys.argv[5]), list(map(int, sys.argv[2:5]))
    main(reader, numbers[0], numbers[1], numbers[2], folder, int(sys.argv[6]))
