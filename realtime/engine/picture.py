"""Parts of the engine's picture that need nothing of the engine but its chain."""

import statistics
from typing import Any

from realtime.transcription.chain import Chain


def picture_of(chain: Chain) -> dict[str, Any]:
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
