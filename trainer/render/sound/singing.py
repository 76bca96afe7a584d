"""Singing voices: spoken syllables taken apart into vocal tract and breath, and sung on a tune.

A speech program says a syllable; its smoothed spectrum is kept, its own pitch is not. The tune is a
sum of harmonics under that spectrum with the scoops, glides and vibrato of a singer, so that every
note is known exactly.
"""

from dataclasses import dataclass

import numpy as np

from trainer.render.music.notation import SAMPLE_RATE, PartNote
from trainer.render.sound.oscillators import HIGHEST_HZ, HOP, add_harmonics, control_steps, smooth
from trainer.render.sound.soundfonts import Voice, label_notes
from trainer.render.sound.speech import render_syllable
from trainer.render.sound.timbres import SUNG, Timbre
from trainer.shards.format import empty_notes
from trainer.shards.note_tables import perceptual_delay

RANGES = {"bass": (40, 62), "tenor": (47, 69), "alto": (53, 76), "soprano": (58, 84)}
SINGERS = [Timbre(f"sung:{n}", 52, "voice", low, high, SUNG) for n, (low, high) in RANGES.items()]
FFT = 512
LIFTER = 34
"""Cepstral values kept: coarser than the harmonics of any spoken syllable."""
SYLLABLES = (
    "la la la na na no da da du do re mi fa sol la si ti mo ma lu ha ho ja la ba bi ve sa so go "
    "ka ne ni me mu le li oh ah ee oo"
)
STEP = HOP / SAMPLE_RATE
"""Seconds of a control step."""


HEARD_ON = round(0.06 * SAMPLE_RATE)
"""Samples for which a tone is heard after the voice fell silent, unless the next one begins: people
who annotate singing put ends that much later than the voice stops."""
SHORTEST, NEXT = 0.09, 0.14
"""Seconds: nobody sings shorter notes, nor sooner after each other; those are left out."""


@dataclass(frozen=True)
class Syllable:
    """One spoken syllable, as the vocoder sings it."""

    spectrum: np.ndarray
    """Natural-log magnitudes (steps, FFT // 2 + 1), loudest vowel frame near 0."""
    voiced: np.ndarray
    """How voiced each step is, (steps,), 0-1."""
    vowel: tuple[int, int]
    """Steps from and to which its vowel stands."""


@dataclass(frozen=True)
class Singer:
    """The habits of one singer."""

    vibrato_hz: float
    vibrato_cents: float
    vibrato_delay: float
    scoop_share: float
    glide: float
    """Seconds from one note to the next within a breath."""
    astray: float
    """Spread of notes around the right pitch, in cents."""
    slurred_share: float
    """How many notes are sung on the syllable of the note before."""
    hiss: float
    breath: float
    """Levels of noise while a tone sounds, and between phrases."""
    tilt: float
    """Loss per octave, in dB, beside that of the spoken voice."""


def draw_singer(rng: np.random.Generator) -> Singer:
    """Draw a singer, from children at school to trained voices."""
    trained = rng.random() < 0.4
    return Singer(
        vibrato_hz=float(rng.uniform(4.5, 7)),
        vibrato_cents=float(
            rng.uniform(30, 90) if trained else rng.choice([0, rng.uniform(5, 30)])
        ),
        vibrato_delay=float(rng.uniform(0.05, 0.5)),
        scoop_share=float(rng.uniform(0.1, 0.9)),
        glide=float(np.exp(rng.uniform(np.log(0.02), np.log(0.12)))),
        astray=float(rng.uniform(2, 22)),
        slurred_share=float(rng.choice([0.0, 0.15, 0.5], p=[0.5, 0.35, 0.15])),
        hiss=10 ** (float(rng.uniform(-46, -24)) / 20),
        breath=10 ** (float(rng.uniform(-72, -40)) / 20),
        tilt=float(rng.uniform(-2, 4)),
    )


class Choir:
    """Sings parts, each with a voice and a handful of syllables drawn for it."""

    def __init__(self, talkers: list[str]) -> None:
        self._talkers = talkers

    def play(
        self, voice: Voice, n_samples: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """One voice -> audio (n_samples,) float32 at SAMPLE_RATE, its notes (n_notes,)."""
        female = voice.timbre.id.endswith(("alto", "soprano"))
        words = [str(word) for word in rng.choice(SYLLABLES.split(), 7)]
        said = [render_syllable(self._talkers, rng.spawn(1)[0], word, female) for word in words]
        syllables = [one for one in map(take_apart, said) if one is not None]
        if not syllables:
            return np.zeros(n_samples, np.float32), empty_notes()
        return sing(voice, syllables, draw_singer(rng), n_samples, rng)


def take_apart(speech: np.ndarray) -> Syllable | None:
    """A spoken syllable (n,) at SAMPLE_RATE without its pitch; None if nothing is voiced in it."""
    count = len(speech) // HOP
    if count <= 8:
        return None
    padded = np.pad(speech, FFT // 2)
    frames = np.stack([padded[i * HOP : i * HOP + FFT] for i in range(count)])
    power = np.abs(np.fft.rfft(frames * np.hanning(FFT)))
    cepstrum = np.fft.irfft(np.log(power + 1e-5))
    cepstrum[:, LIFTER : FFT - LIFTER + 1] = 0
    spectrum = np.fft.rfft(cepstrum).real
    hertz = np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE)
    low = np.sqrt(np.mean(power[:, (hertz > 80) & (hertz < 1200)] ** 2, axis=1))
    high = np.sqrt(np.mean(power[:, hertz > 3000] ** 2, axis=1))
    voiced = np.clip((low / (low.max() + 1e-9) - 0.04) / 0.06, 0, 1) * (low > 1.5 * high)
    strong = np.flatnonzero((low > 0.6 * low.max()) & (voiced > 0.9))
    if len(strong) < 4:
        return None
    first, last = int(strong[0]), int(strong[-1])
    spectrum -= np.quantile(spectrum[first : last + 1], 0.98)
    return Syllable(spectrum, voiced, (first, max(last, first + 3)))


def sing(
    voice: Voice,
    syllables: list[Syllable],
    singer: Singer,
    n_samples: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """The part on these syllables: audio (n_samples,) float32 and its notes (n_notes,)."""
    steps = control_steps(n_samples)
    spectrum = np.full((steps, FFT // 2 + 1), -9.0)
    voiced, level = np.zeros(steps), np.zeros(steps)
    cents = np.full(steps, np.nan)
    rows, previous = [], None
    for note in voice.part.notes:
        start, stop = round(note.onset / STEP), round(note.offset / STEP)
        stop = min(stop, steps)
        if stop - start < SHORTEST / STEP or start >= steps:
            continue
        if previous is not None and note.onset - previous.onset < NEXT:
            continue
        legato = previous is not None and note.onset - previous.offset < 0.06
        slurred = legato and rng.random() < singer.slurred_share
        loud = 10 ** (20 * (note.velocity - 0.85) / 20)
        if slurred:
            first = start
            spectrum[start:stop] = spectrum[start - 1] + rng.normal(0, 0.05)
            voiced[start:stop], delay = 1.0, 0
            level[start:stop] = loud
        else:
            one = syllables[int(rng.integers(len(syllables)))]
            first, delay = _utter(one, start, stop, spectrum, voiced)
            level[first:stop] = loud * _swell(rng, stop - first)
            fade = min(stop - start, round(rng.uniform(0.03, 0.12) / STEP))
            level[stop - fade : stop] *= np.linspace(1, 0.05, fade)
        _tune(cents, first, start, stop, note, previous if legato else None, singer, rng)
        onset = start * HOP + (0 if slurred else perceptual_delay(delay * HOP))
        rows.append((onset, stop * HOP, note))
        previous = PartNote(note.onset, stop * STEP, note.pitch, note.velocity)
    sound = _sound(spectrum, voiced, level, cents + voice.cents, singer, n_samples, rng)
    following = [*(onset for onset, _, _ in rows[1:]), n_samples + HEARD_ON]
    labelled = [
        (onset, max(offset, min(offset + HEARD_ON, then), onset + 320), note)
        for (onset, offset, note), then in zip(rows, following, strict=True)
    ]
    return sound, label_notes(voice, labelled)


def _utter(
    one: Syllable, start: int, stop: int, spectrum: np.ndarray, voiced: np.ndarray
) -> tuple[int, int]:
    """Lay a syllable over the steps of a note, its consonant before it.

    Returns:
        The step at which the consonant begins, and the steps from `start` to the full vowel.
    """
    begin, end = one.vowel
    sounding = np.flatnonzero(one.voiced[:begin] > 0.5)
    tone = int(sounding[0]) if len(sounding) else begin
    lead = min(tone, round(0.12 / STEP), start)
    rise = min(begin - tone, round(0.09 / STEP), (stop - start) // 2)
    first = start - lead
    places = np.concatenate(
        [
            np.arange(tone - lead, tone),
            np.linspace(tone, begin, rise, endpoint=False),
            np.linspace(begin, end, stop - start - rise),
        ]
    )
    chosen = np.clip(np.round(places).astype(int), 0, len(one.spectrum) - 1)
    spectrum[first:stop] = one.spectrum[chosen]
    voiced[first:stop] = one.voiced[chosen]
    voiced[start + rise : stop] = 1.0
    return first, rise


def _swell(rng: np.random.Generator, steps: int) -> np.ndarray:
    """How a tone grows and fades, 0.3-1 (steps,)."""
    peak = float(rng.uniform(0.1, 0.8))
    curve = np.interp(
        np.linspace(0, 1, steps), [0, peak, 1], [rng.uniform(0.4, 1), 1, rng.uniform(0.3, 1)]
    )
    rise = min(steps, max(2, round(rng.uniform(0.01, 0.06) / STEP)))
    curve[:rise] *= np.linspace(0.1, 1, rise)
    return curve


def _tune(
    cents: np.ndarray,
    first: int,
    start: int,
    stop: int,
    note: PartNote,
    before: PartNote | None,
    singer: Singer,
    rng: np.random.Generator,
) -> None:
    """Write the pitch of one note, in cents of MIDI pitch, over its steps and its consonant."""
    time = (np.arange(first, stop) - start) * STEP
    own = 100.0 * note.pitch + rng.normal(0, singer.astray)
    curve = np.full(stop - first, own)
    if before is not None:
        width = singer.glide * float(rng.uniform(0.6, 1.4))
        middle = -0.3 * width
        curve = own + (100.0 * before.pitch - own) / (1 + np.exp(4 * (time - middle) / width))
    elif rng.random() < singer.scoop_share:
        depth = float(rng.choice([-1, -1, -1, 0.5]) * rng.uniform(20, 180))
        curve = curve + depth * np.exp(-np.maximum(time, 0) / rng.uniform(0.02, 0.08))
    if singer.vibrato_cents and stop - start > 0.3 / STEP:
        grown = np.clip((time - singer.vibrato_delay) / 0.3, 0, 1)
        depth = singer.vibrato_cents * float(rng.uniform(0.6, 1.2))
        rate = singer.vibrato_hz * float(rng.uniform(0.9, 1.1))
        curve = curve + depth * grown * np.sin(2 * np.pi * rate * time + rng.uniform(0, 6.28))
    drift = np.cumsum(rng.normal(0, 1.2, len(curve)))
    drift -= np.linspace(0, drift[-1], len(drift))
    curve = curve + np.clip(drift, -25, 25)
    if rng.random() < 0.25:  # the voice sinks as the breath ends
        curve = curve - rng.uniform(10, 120) * np.clip((time - time[-1] + 0.1) / 0.1, 0, 1) ** 2
    cents[first:stop] = curve


def _sound(
    spectrum: np.ndarray,
    voiced: np.ndarray,
    level: np.ndarray,
    cents: np.ndarray,
    singer: Singer,
    n_samples: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Harmonics and breath under the moving spectrum, float32 (n_samples,)."""
    known = np.flatnonzero(np.isfinite(cents))
    if not len(known):
        return np.zeros(n_samples, np.float32)
    cents = np.interp(np.arange(len(cents)), known, cents[known])
    hertz = 440.0 * 2 ** ((cents / 100 - 69) / 12)
    count = max(1, int(HIGHEST_HZ / hertz.min()))
    kernel = np.hanning(7) / np.hanning(7).sum()
    level = np.convolve(level, kernel, mode="same")
    voiced = np.convolve(voiced, kernel, mode="same") * level
    steps, width = np.arange(len(hertz)), SAMPLE_RATE / FFT
    levels = np.empty((count, len(hertz)))
    for number in range(1, count + 1):
        place = np.minimum(number * hertz / width, FFT // 2 - 1.001)
        below = place.astype(int)
        part = place - below
        decibels = spectrum[steps, below] * (1 - part) + spectrum[steps, below + 1] * part
        slope = -singer.tilt * np.log(10) / 20 * np.log2(np.maximum(number * hertz / 500, 0.5))
        levels[number - 1] = np.exp(decibels + slope) * voiced
    sound = add_harmonics(hertz, levels, n_samples)
    noise = rng.standard_normal(n_samples).astype(np.float32)
    breathy = np.where(voiced > 0.3 * level, singer.hiss, 0.25) * level
    sound += _shape_noise(noise, spectrum, breathy)
    gap = np.convolve(level < 1e-3, np.ones(31) / 31, mode="same") * singer.breath
    return sound + smooth(gap * (rng.random(len(gap)) * 0.2 + 0.3), n_samples) * noise


def _shape_noise(noise: np.ndarray, spectrum: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Noise (n,) under a moving log spectrum (steps, bins) and level (steps,)."""
    every = FFT // 2 // HOP
    hop = every * HOP
    window = np.hanning(hop * 2).astype(np.float32)
    out = np.zeros(len(noise) + 2 * hop, np.float32)
    for step in range(0, len(level) - 1, every):
        piece = noise[step * HOP : step * HOP + 2 * hop]
        if len(piece) < 2 * hop or level[step] < 1e-5:
            continue
        shaped = np.fft.irfft(np.fft.rfft(piece * window, FFT) * np.exp(spectrum[step]), FFT)
        out[step * HOP : step * HOP + 2 * hop] += (level[step] * shaped[: 2 * hop]).astype(
            np.float32
        )
    return out[: len(noise)]
