"""A sound file -> its notes, through the very chain that runs live, as fast as it goes."""

from collections.abc import Callable, Iterable
from pathlib import Path

from realtime.audio.sources import AudioSource, FileSource
from realtime.inference.onnx_model import HopModel
from realtime.transcription.chain import Chain, Timed
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Note, pair_notes
from realtime.values.settings import EngineSettings

BLOCK_SECONDS = 0.64
"""Read at a time: twice what `AheadModel` hears at once, in hops of 10 ms, so that none of them
has to be heard alone."""


def transcribe(
    path: Path,
    model: HopModel,
    settings: EngineSettings | None = None,
    progress: Callable[[float], None] | None = None,
    on_instrument: Callable[[str], None] | None = None,
    on_damage: Callable[[Trouble], None] | None = None,
) -> list[Note]:
    """Transcribe a sound file into notes, by onset then pitch.

    Args:
        path: of the file; any rate and channel count.
        model: the model, with `head` set; it is reset first.
        settings: gain, sensitivity, range, shortest note; None is the model's own tuning.
        progress: called with the part done, 0-1.
        on_instrument: called at the end with the instrument heard most, "" where that is open.
        on_damage: told where the file is damaged or breaks off; its notes end there then.

    Raises:
        UserError: if the file cannot be read to its end.
    """
    chain, notes = process_file(path, model, settings or EngineSettings(), progress, on_damage)
    if on_instrument:
        on_instrument(chain.instrument.overall())
    return notes


def process_file(
    path: Path,
    model: HopModel,
    settings: EngineSettings,
    progress: Callable[[float], None] | None = None,
    on_damage: Callable[[Trouble], None] | None = None,
) -> tuple[Chain, list[Note]]:
    """Run the live chain over a whole file; returns it, and the notes that left it.

    Args:
        path: of the file.
        model: that hears it.
        settings: how sound is taken and notes are given.
        progress: is told the part done, 0-1.
        on_damage: told where the file is damaged or breaks off; without it that is an error.

    Raises:
        UserError: if the file cannot be read to its end.
    """
    source = FileSource(path, on_damage=on_damage)
    try:
        return run_chain(source, model, settings, progress, source.duration_s)
    finally:
        source.close()


def run_chain(
    source: AudioSource,
    model: HopModel,
    settings: EngineSettings,
    progress: Callable[[float], None] | None = None,
    duration_s: float = 0.0,
) -> tuple[Chain, list[Note]]:
    """Transcribe everything that a source gives until its end.

    Args:
        source: from its start.
        model: is reset first.
        settings: how sound is taken and notes are given.
        progress: is told the part done, 0-1, where the duration is known.
        duration_s: seconds of the source; 0 where unknown.

    Returns:
        The chain as it stands, and the notes by onset.
    """
    model.reset()
    chain = Chain(model, source.rate, settings)
    timed: list[Timed] = []
    while (block := source.read(max(1, int(source.rate * BLOCK_SECONDS)))) is not None:
        timed += chain.process(block)
        if progress and duration_s > 0:
            progress(min(1.0, chain.stream_s / duration_s))
    timed += chain.finish()
    return chain, notes_of(timed, chain.frame_seconds)


def notes_of(timed: Iterable[Timed], frame_seconds: float) -> list[Note]:
    """Pair events, dated in frames of `frame_seconds`, with the time they left, into notes."""
    return pair_notes(((item.event, item.emitted_s) for item in timed), frame_seconds)
