"""The engine's picture of itself: the fields of `Snapshot` that chain and input fill."""

import statistics
from typing import Any

from realtime.audio.sources import AudioSource
from realtime.engine.health import Health
from realtime.transcription.chain import Chain

FILLING = 0.95
"""Share of a hop for which sound waits until its hop is full, at the 95th percentile."""


def fields_of_chain(chain: Chain) -> dict[str, Any]:
    """What a chain shows of its model and of what that hears, as fields of `Snapshot`."""
    spec, heard = chain.model.spec, chain.activations
    hops = sorted(chain.hop_seconds)
    spectrum = None if heard is None else heard.spectrum
    return {
        "spectrum": () if spectrum is None else tuple(spectrum.tolist()),
        "spectrum_low": spec.spectrum_low,
        "spectrum_per_semitone": spec.spectrum_per_semitone,
        "instrument": chain.instrument.name,
        "instrument_share": chain.instrument.share,
        "model_name": spec.name,
        "look_ahead_ms": spec.latency_ms(chain.model.head),
        "look_aheads_ms": tuple(spec.latency_ms(head) for head in range(len(spec.heads))),
        "usual_look_ahead_ms": spec.latency_ms(spec.default_head),
        "hop_ms": 1000 * statistics.median(hops) if hops else 0.0,
        "hop_p95_ms": 1000 * hops[int(0.95 * len(hops))] if hops else 0.0,
    }


def fields_of_input(
    source: AudioSource, health: Health, heard: dict[str, Any], hop_ms: float
) -> dict[str, Any]:
    """What the input is and how late its notes are, as fields of `Snapshot`.

    Args:
        source: what is listened to.
        health: how that is doing.
        heard: what `fields_of_chain` says.
        hop_ms: length of a hop of the model.
    """
    status = health.input
    waiting_s = status.waiting_frames / source.rate
    input_ms = status.latency_ms + 1000 * waiting_s
    delay_ms = input_ms + FILLING * hop_ms + heard["hop_p95_ms"] + heard["look_ahead_ms"]
    return {
        "state": health.state,
        "input_name": source.name,
        "device_rate": source.rate,
        "input_latency_ms": input_ms,
        "block_frames": status.block_frames,
        "delay_p95_ms": delay_ms if heard["hop_ms"] and source.live else 0.0,
        "cpu_load": health.cpu_load,
        "lost_s": status.lost_s + health.skipped_s,
        "unheard_s": health.skipped_s,
        "gaps": health.gaps,
        "behind_s": waiting_s,
    }
