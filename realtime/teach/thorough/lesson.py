"""A thorough lesson: all weights learn, by the trainer, in processes of their own.

The trainer needs PyTorch, which the program does without: it is the extra `train`. What is learned
from, how it is judged and when it is kept are those of every lesson; the result is a whole model.
"""

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from realtime.inference.instruments import BUNDLED
from realtime.inference.model_file import OpenedModel
from realtime.inference.onnx_file import read_weights
from realtime.inference.spec import HEAD_TENSORS, ModelSpec
from realtime.processes.json_line_child import JsonLineChild
from realtime.processes.message_lines import Failed, Progress, to_line
from realtime.processes.start import python_command, run_module
from realtime.teach.examples import Examples, Music
from realtime.teach.judging.choosing import Choice, Hearing, LessonVerdict, choose
from realtime.teach.judging.judging import JudgedPiece, Jury
from realtime.teach.judging.thresholds import shifted_heads
from realtime.teach.learning import Pool, learn
from realtime.teach.lesson import (
    Ears,
    LessonResult,
    LessonSettings,
    base_of,
    compose,
    open_teachable,
    result_of,
)
from realtime.teach.listening.understanding import Understanding
from realtime.teach.music.packing import pack_music
from realtime.teach.music.replay import read_replay
from realtime.teach.music.replay_cache import cache_path
from realtime.teach.thorough.orders import (
    ANSWERS,
    HALVES,
    HEAD,
    MUSIC,
    WEIGHTS,
    ThoroughOrder,
    half_of,
)
from realtime.teach.thorough.trainer_extra import (
    NEEDED,
    as_line,
    install_command,
    missing_megabytes,
    missing_packages,
)
from realtime.teach.thorough.work_folder import work_folder
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why

STEPS = 90
"""Optimizer steps of each half, at the usual minutes."""
USUAL_MINUTES = 8.0
PARTS = (1.0, 0.5)
"""Parts of the way from old weights to learned ones that are tried; each takes a while to hear."""
HEADS = 0.1
"""Part of the whole at which the last layers have learned, which is where all begin."""
EXPORTED = 0.95
"""Part of the whole at which the model begins to be written."""


def require_trainer(model: Path | None) -> None:
    """Refuse what cannot be taught thoroughly here, before anything is computed.

    Args:
        model: that shall be taught; None is the bundled one.

    Raises:
        UserError: if the extra is not installed, or it is another model than the bundled one, of
            which there are no weights to go on from.
    """
    if missing_packages():
        wanted = [package.requirement for package in NEEDED.values()]
        command = install_command() or ["uv", "pip", "install", *wanted]
        _, megabytes = missing_megabytes()
        raise UserError(Code.TRAINER_MISSING, megabytes=megabytes, command=as_line(command))
    if model is not None and model.resolve() != BUNDLED:
        raise UserError(Code.THOROUGH_FROM_BUNDLED, path=model)


def give_thorough_lesson(
    understood: Understanding,
    settings: LessonSettings,
    on_progress: Callable[[float], None] = lambda part: None,
) -> LessonResult:
    """Teach all weights of the bundled model the instrument that was understood.

    Args:
        understood: what the player recorded.
        settings: how much is done; the usual minutes of a thorough lesson are `USUAL_MINUTES`.
        on_progress: told the part done, 0-1.

    Raises:
        UserError: if a process fails.
    """
    began = time.monotonic()
    opened = open_teachable(None)
    spec, scale = opened.spec, settings.minutes / USUAL_MINUTES
    music = replace(settings, minutes=settings.minutes / 4)
    mine = compose(understood, spec, music)
    replay = read_replay(spec.sample_rate)
    order = ThoroughOrder(
        max(20, round(STEPS * scale)), settings.seed, settings.workers, (0.0, *PARTS)
    )
    with work_folder("lesson") as folder:
        try:
            (folder / MUSIC).write_bytes(pack_music(mine))
            _learn_heads(
                folder, mine, replay, opened, music, lambda part: on_progress(HEADS * part)
            )
        except OSError as error:
            raise UserError(Code.CANNOT_WRITE, path=folder, reason=why(error)) from error
        learn_by_trainer(folder, order, lambda part: on_progress(HEADS + (EXPORTED - HEADS) * part))

        def judge_part(part: float) -> Hearing:
            said = read_answers(folder / ANSWERS.format(part=part))
            jury, answers = _jury(mine, said[: len(mine)], spec, by_note=True)
            others, others_answers = _jury(replay, said[len(mine) :], spec)
            return Hearing(jury, answers, others, others_answers)

        found = choose(judge_part, PARTS)
        seconds = sum(piece.seconds(spec.sample_rate) for piece in (*mine, *replay))
        content = b""
        if found.verdict is LessonVerdict.BETTER:
            weights = folder / WEIGHTS.format(part=found.part)
            content = export_taught(folder, weights, spec, found)
        on_progress(1.0)
        result = result_of(found, base_of(opened), spec, {}, time.monotonic() - began, seconds)
        return replace(result, model=content)


def _learn_heads(
    folder: Path,
    mine: Sequence[Music],
    replay: Sequence[Music],
    opened: OpenedModel,
    settings: LessonSettings,
    on_part: Callable[[float], None],
) -> None:
    """Let the last layers learn as in every lesson, once for each half: it costs little."""
    heard = Ears(None, settings, on_part).collect(mine, replay, cache_path(opened.content))
    old = read_weights(opened.content, HEAD_TENSORS)
    taught = Pool(heard[: len(mine)], old, 0.0, [half_of(piece.fold) for piece in mine])
    kept = Pool(heard[len(mine) :], old, 1.0, [half_of(piece.fold) for piece in replay])
    for half in range(HALVES):
        others = [other for other in range(HALVES) if other != half]
        weights = learn(
            old, taught.without(*others), kept.without(*others), settings.learning, settings.seed
        )
        with (folder / HEAD.format(half=half)).open("wb") as file:
            np.savez(file, **weights)  # type: ignore[arg-type]


def learn_by_trainer(folder: Path, order: ThoroughOrder, on_part: Callable[[float], None]) -> None:
    """Run the trainer's process; it ends with us, however we end.

    Args:
        folder: with the music and the heads that all begins with; the answers and weights come.
        order: what it shall do.
        on_part: told the part done, 0-1.

    Raises:
        UserError: if it fails or stops.
    """
    line = to_line(order).decode().strip()
    command = python_command("trainer.finetuning.teaching.child", str(folder), line)
    kinds: tuple[type[Any], ...] = (Progress, Failed)
    try:
        child: JsonLineChild[Any] = JsonLineChild(command, kinds)
    except OSError as error:
        raise UserError(Code.LESSON_STOPPED) from error
    failed = None
    try:
        for message in child.messages():
            if isinstance(message, Failed):
                failed = message.trouble
            else:
                on_part(message.part)
        code = child.wait()
    finally:
        child.end(patience_s=0.0)
    if failed is not None:
        raise UserError(failed)
    if code != 0:
        raise UserError(Code.LESSON_STOPPED)


Said = tuple[Examples, np.ndarray]


def read_answers(path: Path) -> list[Said]:
    """Rows of each piece, without features, and what was answered: (n, 4, look_aheads), 0-1."""
    with np.load(path, allow_pickle=False) as file:
        counts, hops = file["counts"], file["hops"]
        ends = np.cumsum(counts)[:-1]
        frames, rows, answers = (np.split(file[name], ends) for name in ("frame", "row", "answers"))
    empty = np.zeros((0, 0), np.float16)
    return [
        (
            Examples(
                empty,
                np.zeros((0, 3, 0), np.uint8),
                np.zeros(0, np.float32),
                frame,
                row,
                int(count),
            ),
            said.astype(np.float32),
        )
        for frame, row, said, count in zip(frames, rows, answers, hops, strict=True)
    ]


def _jury(
    pieces: Sequence[Music], said: Sequence[Said], spec: ModelSpec, by_note: bool = False
) -> tuple[Jury, list[np.ndarray]]:
    judged = []
    for piece, (examples, _) in zip(pieces, said, strict=True):
        sources = piece.note_sources if by_note else None
        judged.append(
            JudgedPiece(examples, piece.notes, piece.soft, piece.fold, sources, piece.decides)
        )
    return Jury(judged, spec), [answers for _, answers in said]


def export_taught(folder: Path, weights: Path, spec: ModelSpec, found: Choice) -> bytes:
    """The learned weights as a model file, by `jtm export`, which holds it against the network.

    Raises:
        UserError: if it cannot be written.
    """
    heads, refine = shifted_heads(spec, *found.shifts)
    table: dict[str, Any] = {"frame_ms": 1000 * spec.hop_samples / spec.sample_rate}
    table |= {str(head.look_ahead_frames): asdict(head.decoder) for head in heads}
    table |= {"refine": asdict(refine)} if refine else {}
    table |= {"practice": asdict(spec.practice)} if spec.practice else {}
    thresholds, target = folder / "thresholds.json", folder / "model.onnx"
    thresholds.write_text(json.dumps(table), encoding="utf-8")
    try:
        run_module(
            "jtm", "export", str(weights), "--out", str(target), "--thresholds", str(thresholds),
            "--default-latency-ms", f"{spec.latency_ms(spec.default_head):g}",
            "--licence", spec.licence,
            "--provenance", f"{spec.name}, all of it taught by its player",
            timeout_s=None,
        )  # fmt: skip
    except ChildProcessError as error:
        reason = error.strerror or Trouble(Code.SAID_NOTHING)
        raise UserError(Code.LESSON_UNWRITTEN, reason=reason) from error
    with contextlib.suppress(OSError):
        return target.read_bytes()
    raise UserError(Code.LESSON_UNWRITTEN, reason=Trouble(Code.NO_SUCH_FILE))
