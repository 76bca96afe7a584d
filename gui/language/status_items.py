"""Cells of the status bar, made from a snapshot."""

from dataclasses import dataclass

from gui.language.formats import short_name
from gui.language.translate import decimal, tr
from realtime.values.snapshot import Snapshot

BEHIND_S = 0.25
"""Waiting audio from which the engine counts as too slow."""


@dataclass(frozen=True)
class StatusItem:
    """One cell of the status bar: its words, what they mean, and whether they are a worry."""

    name: str
    text: str
    tip: str
    worry: bool = False


def status_items(snapshot: Snapshot) -> list[StatusItem]:
    """The cells of the status bar, most wanted first."""
    return [
        _input(snapshot),
        _latency(snapshot),
        _detail(snapshot),
        _speed(snapshot),
        _lost(snapshot),
        _model(snapshot),
    ]


def _input(snapshot: Snapshot) -> StatusItem:
    if not snapshot.input_name or snapshot.state == "no-input":
        return StatusItem("input", tr("No input"), tr("The input device and its sample rate"))
    rate = f"{decimal(snapshot.device_rate / 1000, 'g')} kHz" if snapshot.device_rate else ""
    text = "  ".join(part for part in (short_name(snapshot.input_name, 60), rate) if part)
    tip = tr("The input device and its sample rate")
    return StatusItem("input", text, "\n".join((snapshot.input_name, tip, *_buffer(snapshot))))


def _buffer(snapshot: Snapshot) -> list[str]:
    """How much sound the device delivers at once, in full, where that is known."""
    frames = snapshot.block_frames
    if not (frames and snapshot.device_rate):
        return []
    ms = decimal(1000 * frames / snapshot.device_rate, ".3g")
    return [tr("Buffer: {frames} frames, {ms} ms", frames=frames, ms=ms)]


def _latency(snapshot: Snapshot) -> StatusItem:
    ahead, device = round(snapshot.look_ahead_ms), round(snapshot.input_latency_ms)
    tip = tr(
        "{ahead} + {device} ms: look-ahead of the model + delay of the input = how long after the "
        "sound a note leaves",
        ahead=ahead,
        device=device,
    )
    text = tr("delay {ms} ms", ms=ahead + device)
    return StatusItem("latency", text, "\n".join((tip, *_late(snapshot))))


def _late(snapshot: Snapshot) -> list[str]:
    """The delay of nearly all notes, in full, where it is known."""
    if not snapshot.delay_p95_ms:
        return []
    return [
        tr(
            "Estimate: {ms} ms for 95 of 100 notes, with the wait for the end of a step and its "
            "computing. Attacks that the model recognises late are not in it.",
            ms=round(snapshot.delay_p95_ms),
        )
    ]


def _detail(snapshot: Snapshot) -> StatusItem:
    """The delay of nearly all notes and the buffer, for those who tune them."""
    late = tr("95 of 100: {ms} ms", ms=round(snapshot.delay_p95_ms))
    buffer = tr("buffer {frames}", frames=snapshot.block_frames)
    known = ((late, snapshot.delay_p95_ms), (buffer, snapshot.block_frames))
    text = "  ".join(words for words, value in known if value)
    return StatusItem("estimate", text, "\n".join((*_late(snapshot), *_buffer(snapshot))))


def _speed(snapshot: Snapshot) -> StatusItem:
    late = snapshot.behind_s > BEHIND_S
    hop = decimal(snapshot.hop_ms, ".1f")
    text = tr("hop {hop} ms  CPU {load} %", hop=hop, load=_percent(snapshot))
    if late:
        text += "  " + tr("{behind} ms behind", behind=round(snapshot.behind_s * 1000))
    return StatusItem(
        "speed",
        text,
        tr(
            "Time to compute one step (95 of 100 take less than {p95} ms), and how much of a "
            "processor core it takes",
            p95=decimal(snapshot.hop_p95_ms, ".1f"),
        ),
        late,
    )


def _lost(snapshot: Snapshot) -> StatusItem:
    lost = snapshot.lost_s >= 0.001
    text = tr("lost {ms} ms", ms=round(snapshot.lost_s * 1000)) if lost else tr("nothing lost")
    return StatusItem("lost", text, tr("Audio lost so far, counted against the clock"), lost)


def _model(snapshot: Snapshot) -> StatusItem:
    name = short_name(snapshot.model_name) or tr("no model")
    return StatusItem("model", name, tr("The trained model that hears the notes"))


def _percent(snapshot: Snapshot) -> int:
    return round(100 * snapshot.cpu_load)
