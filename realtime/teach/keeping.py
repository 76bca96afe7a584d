"""Writes what a lesson made: the instrument's file with its card, and the picture beside it."""

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from realtime.inference.instrument_file import (
    TaughtInstrument,
    is_instrument,
    read_instrument,
)
from realtime.inference.instrument_names import readable_name
from realtime.inference.instruments import BUNDLED, bases_folder, instruments_folder
from realtime.inference.onnx_file import summarize, with_metadata
from realtime.inference.spec import METADATA_KEY, UNREADABLE, ModelSpec
from realtime.teach.listening.drawing import draw
from realtime.teach.listening.understanding import Understanding
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, what_is_unfit
from realtime.values.atomic import whole_file
from realtime.values.given_file import require_file
from realtime.values.json_text import parse_json

if TYPE_CHECKING:
    from realtime.teach.judging.scores import Counts
    from realtime.teach.lesson import LessonResult

CARD_KEY = "jtm_taught"
"""Metadata entry of a whole model that was taught: its card."""


def card_of(
    name: str, understood: Understanding, result: "LessonResult", seed: int
) -> dict[str, Any]:
    """What the card keeps, and `--json` prints.

    Args:
        name: of the instrument.
        understood: what was learned from.
        result: of the lesson.
        seed: of the lesson.
    """
    usable = [note for note in understood.notes if not note.reason]
    written = sum(len(phrase.notes) for phrase in (*understood.phrases, *understood.checks))
    return {
        "name": name,
        "verdict": result.verdict,
        "taught": datetime.now().astimezone().isoformat(timespec="seconds"),
        "recordings": [recording.name for recording in understood.recordings],
        "notes_found": len(understood.notes),
        "notes_used": len(usable),
        "pitches": sorted({note.pitch for note in usable}),
        "written_notes": written,
        "tuning_cents": round(understood.tuning_cents, 1),
        "a4_hz": round(understood.a4_hz, 1),
        "before": _scores(result.before),
        "after": _scores(result.after),
        "others_before": _scores(result.kept_before),
        "others_after": _scores(result.kept_after),
        "gain": [round(result.gained.value, 4), round(result.gained.error, 4)],
        "part": result.part,
        "threshold_shifts": list(result.shifts),
        "seconds": round(result.seconds, 1),
        "seed": seed,
    }


def _scores(counts: "Counts") -> dict[str, float]:
    return {"onset_f1": round(counts.onset_f1, 4), "end_f1": round(counts.end_f1, 4)}


def save_instrument(
    target: Path,
    base: Path,
    understood: Understanding,
    result: "LessonResult",
    card: dict[str, Any],
    picture: Path | None = None,
) -> None:
    """Write the instrument, whole or not at all, and the picture beside it.

    Args:
        target: the instrument's file.
        base: file of the model that was taught; one that is not bundled is kept beside the
            instruments, for without it the instrument is of no use.
        understood: what was learned from.
        result: of the lesson.
        card: of `card_of`.
        picture: where the picture goes, an .svg; None is beside `target`, under its name.

    Raises:
        UserError: if there is no room.
    """
    if result.model:
        content = _named_model(result.model, card["name"], card)
    else:
        heads, refine = result.heads, result.refine
        content = TaughtInstrument(
            card["name"], result.base, result.weights, heads, refine, card
        ).to_bytes()
        _keep_base(base, result.base, target)
    drawn = draw(understood.recordings, understood.notes)
    shown_at = picture or target.with_suffix(".svg")
    with whole_file(shown_at) as shown, whole_file(target) as partial:  # both, or none of them
        partial.write_bytes(content)
        shown.write_text(drawn, encoding="utf-8")


def _keep_base(base: Path, digest: str, target: Path) -> None:
    """Keep a copy of the model that an instrument needs, unless it is safe where it is."""
    folders = {target.resolve().parent, bases_folder().resolve()} - {instruments_folder().resolve()}
    if base != BUNDLED and base.resolve().parent not in folders:
        with whole_file(bases_folder() / f"{digest}.onnx") as partial:
            shutil.copyfile(base, partial)


def _named_model(content: bytes, name: str, card: dict[str, Any]) -> bytes:
    """A whole model under another name, with its card."""
    spec = ModelSpec.from_json(summarize(content).metadata[METADATA_KEY])
    values = {METADATA_KEY: replace(spec, name=name).to_json(), CARD_KEY: json.dumps(card)}
    return with_metadata(content, values)


def read_card(path: Path) -> dict[str, Any]:
    """The card of a taught instrument of either kind.

    Raises:
        UserError: if the file is none.
        OSError: if it cannot be read.
    """
    require_file(path)
    content = path.read_bytes()
    if is_instrument(content):
        return read_instrument(content).card
    try:
        card = parse_json(summarize(content).metadata[CARD_KEY])
    except (KeyError, *UNREADABLE) as error:
        raise UserError(Code.INSTRUMENT_DAMAGED, reason=what_is_unfit(error)) from error
    if not isinstance(card, dict):
        raise UserError(Code.INSTRUMENT_DAMAGED, reason=Trouble(Code.VALUE_MISSING, name="card"))
    return card


def copy_instrument(source: Path, target: Path) -> None:
    """Copy an instrument, whose name becomes that of `target`, and its picture.

    Args:
        source: the instrument's file.
        target: its new file, of the same kind; nothing may be there.

    Raises:
        UserError: if the name is none, the file damaged, or there is no room.
        OSError: if it cannot be read.
    """
    name = readable_name(target.stem)
    card = {**read_card(source), "name": name}
    content = source.read_bytes()
    if is_instrument(content):
        named = replace(read_instrument(content), name=name, card=card).to_bytes()
    else:
        named = _named_model(content, name, card)
    with whole_file(target) as partial:
        partial.write_bytes(named)
    picture = source.with_suffix(".svg")
    if picture.is_file():
        with whole_file(target.with_suffix(".svg")) as partial:
            shutil.copyfile(picture, partial)
