"""Endless, exactly repeatable crops of unlabelled audio for pretraining."""

from dataclasses import dataclass, field
from typing import Annotated, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from realtime.troubles.errors import UserError
from realtime.values.ranges import Percent, Positive, Range, Share
from trainer.crops.augment import AugmentSettings, Responses, damage, draw_pitch_shift, shift_pitch
from trainer.crops.batches import Draws, EndlessBatches
from trainer.crops.tempo import change_tempo, draw_tempo_ratio
from trainer.shards.format import Clip


class Batch(NamedTuple):
    """Crops to learn from; every tensor has the batch axis first."""

    future: Tensor
    """`(batch, samples)` audio whose frames are to be recognised: undamaged."""
    past: Tensor
    """`(batch, samples)` the same audio as the context hears it; `(batch, 0)` if undamaged."""
    categories: Tensor
    """Category of each crop, `(batch,)` integers."""
    continues: Tensor
    """`(batch,)` 1 where the crop goes on where this row's previous crop ended, else 0."""
    spans: Tensor
    """`(batch, 3)` integers: the clip, and the samples of it with which the crop begins and ends
    (before any change of pitch or tempo)."""


SILENCE = 50
"""Largest sample (of 32767) of a crop that is drawn again."""


TRIES = 8


AT_ONCE = 1 << 20
"""Samples that are read at once where a whole clip is looked through."""


class Crop(NamedTuple):
    """A stretch of a clip."""

    audio: np.ndarray
    """Mono audio at the encoder's rate, float32 (samples,)."""
    span: tuple[int, int, int]
    """The clip, and its samples from which on and up to which the crop goes."""
    continues: bool
    """Does it go on where the crop before it in this row ended?"""


class Recordings(Protocol):
    """What crops are cut from; `trainer.shards.shards.Shards` is one."""

    clips: list[Clip]

    def __len__(self) -> int: ...

    def window(self, i: int, start: int, length: int) -> np.ndarray:
        """Samples `(n,)` of recording i from `start` on, int16 mono, fewer at its end."""


def past_damage() -> AugmentSettings:
    """Noise at 5 dB below the music at most, rooms, equalizer, overdrive, level."""
    return AugmentSettings(loudest_noise_db=-5.0, quietest_noise_db=-40.0)


@dataclass(frozen=True)
class PretrainCropSettings:
    """How unlabelled crops are drawn and what is done to them."""

    seconds: Positive = 2.56
    """Length of a crop, in seconds."""
    past_chance: Share = 0.5
    """Chance that the context hears a damaged version; the frames to be recognised stay clean
    (arXiv 2007.00991)."""
    quietest_db: Annotated[float, Range(-120, 0, "dB")] = -20.0
    """Peak of a crop is drawn between this and 0 dBFS, past and future alike."""
    tempo_chance: Share = 0.0
    """Chance that the tempo changes and the pitch does not, past and future alike; with
    transposition, pitch and tempo then go different ways. Not where crops read on (sequential)."""
    tempo_percent: Percent = 20.0
    """Percent that crops are at most played faster or slower."""
    augment: AugmentSettings = field(default_factory=past_damage)
    """Detuning and transposition change past and future alike, everything else the past only."""
    category: str = "composition"
    """What `same-category` groups the clips by: composition, source, kind, timbres, or any category
    of the corpus (composer, ensemble, instrument, recording, ...)."""


class UnlabelledCrops(EndlessBatches[Batch]):
    """Batches of crops without labels.

    Args:
        recordings: audio at the rate of `draws`, in Hz.
        settings: how crops are cut and damaged.
        responses: rooms and devices for the past.
        draws: seed, size and rate.
        group: crops in a row that share a category, where `by_category`.
        by_category: draw each group of crops from one category.
        sequential: let row `i` of each batch go on where row `i` of the batch before ended.

    Raises:
        UserError: if there is no audio, or no column `settings.category`.
    """

    def __init__(
        self,
        recordings: Recordings,
        settings: PretrainCropSettings,
        responses: Responses,
        draws: Draws,
        group: int = 8,
        by_category: bool = False,
        sequential: bool = False,
    ) -> None:
        super().__init__(draws)
        self.recordings = recordings
        self.settings = settings
        self.responses = responses
        self.group = group
        self.by_category = by_category
        self.sequential = sequential
        self.samples = draws.frames_of(settings.seconds) * draws.hop_samples
        lengths = np.array([clip.n_samples for clip in recordings.clips], dtype=np.int64)
        if not lengths.sum():
            raise UserError("There is no audio to learn from in the given folders.")
        values = [category_of(clip, settings.category) for clip in recordings.clips]
        _, self.categories = np.unique(values, return_inverse=True)
        self.lengths = lengths
        self.short = int(np.sum(lengths < self.samples))
        """Clips that end before a crop does; silence is added to them."""
        self._peaks: dict[int, int] = {}
        self.windows = self._lay_out_windows() if sequential else np.zeros((0, 2), np.int64)

    def draw_batch(self, number: int) -> Batch:
        """Batch `number` of this device; see `Batch` for the shapes."""
        crops, pasts = [], []
        for crop in self.crops_of(number):
            rng = np.random.default_rng((self.draws.seed, crop))
            crops.append(self._next(crop) if self.sequential else self._draw(crop, rng))
            pasts.append(self._damage(crops[-1].audio, rng))
        damaged = any(past is not crop.audio for past, crop in zip(pasts, crops, strict=True))
        return Batch(
            torch.from_numpy(np.stack([crop.audio for crop in crops])),
            torch.from_numpy(np.stack(pasts)) if damaged else torch.zeros(len(crops), 0),
            torch.from_numpy(self.categories[[crop.span[0] for crop in crops]]),
            torch.tensor([crop.continues for crop in crops], dtype=torch.float32),
            torch.tensor([crop.span for crop in crops]),
        )

    def _draw(self, crop: int, rng: np.random.Generator) -> Crop:
        """A random stretch of sounding audio; longer recordings are drawn more often."""
        settings = self.settings
        _, ratio = draw_pitch_shift(rng, settings.augment)
        tempo = 1.0
        if settings.tempo_chance and rng.random() < settings.tempo_chance:
            tempo = draw_tempo_ratio(rng, settings.tempo_percent)
        source = int(np.ceil(self.samples * ratio * tempo)) + 64
        weights = self.lengths
        if self.by_category:
            chosen = np.random.default_rng((self.draws.seed, 1, crop // self.group))
            seed_clip = pick(chosen, self.lengths)
            weights = np.where(self.categories == self.categories[seed_clip], self.lengths, 0)
        for _ in range(TRIES):
            clip = pick(rng, weights)
            start = int(rng.integers(max(int(self.lengths[clip]) - source, 0) + 1))
            piece = self.recordings.window(clip, start, source)
            if len(piece) and np.abs(piece).max() > SILENCE:
                break
        audio = shift_pitch(as_float(piece), ratio)
        if tempo != 1.0:
            audio = change_tempo(audio, tempo)
        peak = float(np.abs(audio[: self.samples]).max(initial=0))
        end = start + round(self.samples * ratio * tempo)
        return Crop(self._level(audio, peak, rng), (clip, start, end), False)

    def _next(self, crop: int) -> Crop:
        """The stretch after the one that this row of the previous batch held, as loud beside it."""
        rows = self.draws.batch_size * self.devices
        row, step = crop % rows, crop // rows
        place = (row * len(self.windows) // rows + step) % len(self.windows)
        clip, start = map(int, self.windows[place])
        rng = np.random.default_rng((self.draws.seed, 2, clip))
        audio = as_float(self.recordings.window(clip, start, self.samples))
        span = (clip, start, start + self.samples)
        return Crop(self._level(audio, self._peak(clip), rng), span, step > 0 and start > 0)

    def _peak(self, clip: int) -> float:
        """Largest sample (0-1) of a whole clip, which is read for it once."""
        if clip not in self._peaks:
            parts = range(0, int(self.lengths[clip]), AT_ONCE)
            heard = (self.recordings.window(clip, start, AT_ONCE) for start in parts)
            peaks = (max(-int(part.min()), int(part.max())) for part in heard if len(part))
            self._peaks[clip] = max(peaks, default=0)
        return self._peaks[clip] / 32768

    def _lay_out_windows(self) -> np.ndarray:
        """All whole windows of all recordings, `(windows, 2)` clip and start, clips shuffled."""
        order = np.random.default_rng(self.draws.seed).permutation(len(self.lengths))
        rows = [
            (clip, start)
            for clip in order
            for start in range(0, max(1, self.lengths[clip] - self.samples + 1), self.samples)
        ]
        return np.array(rows, dtype=np.int64)

    def _level(self, audio: np.ndarray, peak: float, rng: np.random.Generator) -> np.ndarray:
        """Exactly `samples` long, `peak` at a random level."""
        audio = np.pad(audio[: self.samples], (0, max(0, self.samples - len(audio))))
        wanted = 10 ** (rng.uniform(self.settings.quietest_db, 0.0) / 20)
        return (audio * (wanted / (peak + 1e-3))).astype(np.float32)

    def _damage(self, audio: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What the context hears: damaged by chance, and finite whatever an effect did."""
        if rng.random() >= self.settings.past_chance:
            return audio
        past = damage(audio, rng, self.settings.augment, self.responses, self.draws.sample_rate)
        return past if np.isfinite(past).all() else audio


def category_of(clip: Clip, column: str) -> str:
    """A clip's value in a metadata column; its own fields are columns too, `song` as `composition`.

    Raises:
        UserError: naming the columns there are.
    """
    field = "song" if column == "composition" else column
    value = clip.categories.get(column, getattr(clip, field, None))
    if value is None:
        known = ", ".join(sorted({"composition", "source", "kind", "timbres", *clip.categories}))
        raise UserError(f"The clips have no column '{column}'; choose one of {known}.")
    return "+".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def pick(rng: np.random.Generator, weights: np.ndarray) -> int:
    """An index, with chances in proportion to integer weights `(n,)`."""
    ends = np.cumsum(weights)
    return int(np.searchsorted(ends, rng.integers(ends[-1]), side="right"))


def as_float(pcm: np.ndarray) -> np.ndarray:
    """Samples int16 `(n, ...)` -> float32 in [-1, 1), of that shape."""
    return pcm.astype(np.float32) / 32768
