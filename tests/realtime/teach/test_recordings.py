"""Sound of a lower rate is known in a file of a higher one; other sound is not taken for it."""

import numpy as np
import pytest
import soundfile

from realtime.teach.listening.recordings import is_telephone_sound, read_recording, resample
from realtime.troubles.errors import UserError
from tests.realtime.teach.tones import one_after_another, pluck

RATE = 44_100


def scale(low, rate, noise=1e-3, partials=(1, 2, 3, 4)):
    sounds = [pluck(low + step, 0.5, partials=partials, rate=rate) for step in range(0, 12, 2)]
    return one_after_another(sounds, rate=rate, noise=noise)[0]


@pytest.mark.parametrize("low", [40, 60, 84])
def test_telephone_sound_is_found_whatever_is_played(low, tmp_path):
    sound = resample(scale(low, 8_000), 8_000, RATE)
    assert is_telephone_sound(sound, RATE)
    soundfile.write(tmp_path / "call.wav", sound, RATE)
    with pytest.raises(UserError, match="sound of a telephone"):
        read_recording(tmp_path / "call.wav", 16_000)


def brown(count, rng):
    """Noise that falls by 6 dB an octave, as that of a room does."""
    noise = np.cumsum(rng.standard_normal(count))
    noise = noise - np.convolve(noise, np.ones(2001) / 2001, mode="same")
    return (1e-3 * noise / np.abs(noise).max()).astype(np.float32)


@pytest.mark.parametrize(
    "sound",
    [
        scale(40, RATE),
        scale(60, RATE, noise=0.0),
        scale(95, RATE),
        scale(60, RATE, partials=(1,)),
        scale(40, RATE, noise=0.0) + brown(len(scale(40, RATE)), np.random.default_rng(1)),
        resample(scale(60, 16_000), 16_000, RATE),
        resample(scale(60, 12_000), 12_000, RATE),
        resample(scale(72, 11_025), 11_025, RATE),
        np.zeros(RATE, np.float32),
        np.zeros(100, np.float32),
    ],
    ids=[
        "low",
        "no hiss",
        "high",
        "sines",
        "room",
        "16 kHz",
        "12 kHz",
        "11 kHz",
        "silence",
        "short",
    ],
)
def test_other_sound_is_not_taken_for_it(sound):
    assert not is_telephone_sound(sound, RATE)
