import numpy as np
import pytest
import soxr

from realtime.transcription.resample import HopResampler

RATES = (8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000)


def hops_of(resampler, sound, sizes):
    hops, ends, position = [], [], 0
    for size in sizes:
        for hop, needed in resampler.push(sound[position : position + size]):
            hops.append(hop)
            ends.append(needed)
        position += size
        if position >= len(sound):
            break
    return np.array(hops), ends


def random_sizes(rng, total):
    while total > 0:
        size = int(rng.integers(1, 4097))
        yield size
        total -= size


@pytest.mark.parametrize("rate", RATES)
def test_any_way_of_cutting_gives_the_same_bits(rate, noise):
    whole = hops_of(HopResampler(rate, 16_000, 160), noise, [len(noise)])
    for seed in range(3):
        sizes = random_sizes(np.random.default_rng(seed), len(noise))
        cut = hops_of(HopResampler(rate, 16_000, 160), noise, sizes)
        assert np.array_equal(whole[0], cut[0]) and whole[1] == cut[1]


def test_sample_by_sample(noise):
    resampler = HopResampler(44_100, 16_000, 160)
    single = hops_of(resampler, noise[:3000], [1] * 3000)
    whole = hops_of(HopResampler(44_100, 16_000, 160), noise[:3000], [3000])
    assert np.array_equal(single[0], whole[0]) and single[1] == whole[1]


def test_the_models_own_rate_passes_untouched(noise):
    hops, ends = hops_of(HopResampler(16_000, 16_000, 160), noise, [len(noise)])
    assert np.array_equal(hops.reshape(-1), noise[: hops.size])
    assert ends == [160 * (index + 1) for index in range(len(hops))]


@pytest.mark.parametrize("rate", RATES)
def test_a_hop_needs_nothing_after_its_end(rate, noise):
    resampler = HopResampler(rate, 16_000, 160)
    _, ends = hops_of(resampler, noise, [len(noise)])
    late = [end / rate - 0.01 * (index + 1) for index, end in enumerate(ends)]
    assert max(late) * rate < 1, "no sample of the next hop"
    assert resampler.delay_s <= (0.00016 if rate >= 16_000 else 0.0003)


@pytest.mark.parametrize("block", [441, 480])
def test_a_delivery_of_ten_milliseconds_is_a_hop(block, noise):
    resampler = HopResampler(100 * block, 16_000, 160)
    for start in range(0, 20 * block, block):
        assert len(list(resampler.push(noise[start : start + block]))) == 1


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("frequency", [27.5, 440.0, 3_000.0])
def test_tones_keep_their_place_and_height(rate, frequency):
    """To within a tenth of a millisecond; at 8 kHz 3 kHz lies in the bend of the filter."""
    sound = np.sin(2 * np.pi * frequency * np.arange(rate) / rate).astype(np.float32)
    resampler = HopResampler(rate, 16_000, 160)
    found = np.concatenate([hop for hop, _ in resampler.push(sound)])[1_600:14_400]
    turns = frequency * (np.arange(1_600, 14_400) / 16_000 - resampler.delay_s)
    seen = 2j * np.mean(found * np.exp(-2j * np.pi * turns))
    assert abs(abs(seen) - 1) < 0.002
    late_ms = -1000 * np.angle(seen) / (2 * np.pi * frequency)
    assert abs(late_ms) < (0.1 if rate >= 11_025 or frequency < 1_000 else 0.2)


@pytest.mark.parametrize("frequency", [8_000, 9_000, 12_000, 23_000])
def test_what_the_model_cannot_hear_is_gone(frequency):
    sound = np.sin(2 * np.pi * frequency * np.arange(48_000) / 48_000).astype(np.float32)
    hops, _ = hops_of(HopResampler(48_000, 16_000, 160), sound, [len(sound)])
    assert np.abs(hops.reshape(-1)[200:]).max() < 1e-3


def test_has_the_loudness_of_soxr_below_six_kilohertz(noise):
    low = soxr.resample(soxr.resample(noise, 48_000, 12_000, "VHQ"), 12_000, 48_000, "VHQ")
    hops, _ = hops_of(HopResampler(48_000, 16_000, 160), low, [len(low)])
    theirs = soxr.resample(low, 48_000, 16_000, "VHQ")[: hops.size]
    window = np.hanning(hops.size)
    ours, wanted = (np.abs(np.fft.rfft(window * x)) for x in (hops.reshape(-1), theirs))
    heard = np.fft.rfftfreq(hops.size, 1 / 16_000) < 5_500
    assert np.abs(ours - wanted)[heard].max() < 0.01 * wanted.max()


def test_the_grid_that_may_be_dropped():
    assert HopResampler(48_000, 16_000, 160).samples_in(7) == 7 * 480
    assert HopResampler(44_100, 16_000, 160).samples_in(7) == 7 * 441
    assert HopResampler(22_050, 16_000, 160).samples_in(7) == 1544
    assert HopResampler(16_000, 16_000, 160).hops_in(1_000) == 6
