"""A sound file -> its notes, through the very chain that runs live, as fast as it goes."""

from collections.abc import Callable, Iterable
from pathlib import Path

from realtime.chain import Chain, Timed
from realtime.model import HopModel
from realtime.notes import Note, pair_notes
from realtime.settings import EngineSettings
from realtime.sources import AudioSource, FileSource

BLOCK_SECONDS = 0.5


def transcribe(
    path: Path,
    model: HopModel,
    settings: EngineSettings | None = None,
    progress: Callable[[float], None] | None = None,
    on_instrument: Callable[[str], None] | None = None,
) -> list[Note]:
    """Notes of a sound file, by onset then pitch.

    Args:
        path: of the file; any rate and channel count.
        model: the model, with `head` set; it is reset first.
        settings: gain, sensitivity, range, shortest note; None is the model's own tuning.
        progress: called with the part done, 0-1.
        on_instrument: called at the end with the instrument heard most, "" where that is open.

    Raises:
        UserError: if the file cannot be read to its end.
    """
    source = FileSource(path)
    try:
        return transcribe_source(
            source, model, settings, progress, source.duration_s, on_instrument
        )
    finally:
        source.close()


def transcribe_source(
    source: AudioSource,
    model: HopModel,
    settings: EngineSettings | None = None,
    progress: Callable[[float], None] | None = None,
    duration_s: float = 0.0,
    on_instrument: Callable[[str], None] | None = None,
) -> list[Note]:
    """Notes of everything a source gives until its end."""
    model.reset()
    chain = Chain(model, source.rate, settings or EngineSettings())
    timed = drain(source, chain, progress, duration_s)
    if on_instrument:
        on_instrument(chain.instrument.overall())
    return notes_of(timed, chain.frame_seconds)


def drain(
    source: AudioSource,
    chain: Chain,
    progress: Callable[[float], None] | None = None,
    duration_s: float = 0.0,
) -> list[Timed]:
    """Everything a source gives through the chain, to its end."""
    timed: list[Timed] = []
    while (block := source.read(max(1, int(source.rate * BLOCK_SECONDS)))) is not None:
        timed += chain.process(block)
        if progress and duration_s > 0:
            progress(min(1.0, chain.stream_s / duration_s))
    return timed + chain.finish()


def notes_of(timed: Iterable[Timed], frame_seconds: float) -> list[Note]:
    """Events with the time they left -> whole notes."""
    return pair_notes(((item.event, item.emitted_s) for item in timed), frame_seconds)
