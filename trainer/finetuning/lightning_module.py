"""The training loop of a transcriber, as a Lightning module."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from trainer.crops.labelled import LabelledCrops
from trainer.crops.targets import make_instrument_roll
from trainer.crops.whole_clips import WholeClips
from trainer.evaluation.scoring import decode, onset_f1
from trainer.finetuning.losses import instrument_frame_f1, instrument_loss, transcription_loss
from trainer.finetuning.settings import FinetuneSettings
from trainer.finetuning.validation import frame_f1, held_out_loss, note_scores, targets_of
from trainer.network.heads import Activations
from trainer.network.model import Transcriber
from trainer.runs.learning import Learner
from trainer.runs.means import share_out
from trainer.runs.optimizer import gradient_norm

BEST_F1 = "best_onset_f1"
"""Onset F1 of the default look-ahead at the threshold that suits the weights best: weights are kept
by it, so that none are for the mere drift of their probabilities."""
ONSET_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


class Finetune(Learner):
    """Trains a `Transcriber` on labelled crops; validates its averaged weights note by note.

    Args:
        settings: of the run.
        crops: training crops.
        clips: held-out clips, None for no validation.
        workers: loader processes a device.
        accumulate: batches a step.
        licences: of the recordings.
    """

    score_name = "valid_f1"

    def __init__(
        self,
        settings: FinetuneSettings,
        crops: LabelledCrops,
        clips: WholeClips | None,
        workers: int = 0,
        accumulate: int = 1,
        licences: Sequence[str] = (),
    ) -> None:
        super().__init__(crops, workers, accumulate, settings.optimizer, settings.steps)
        self.settings = settings
        self.licences = licences
        self.transcriber = Transcriber(settings.model)
        usual = self.onset_figure(settings.model.default_look_ahead)
        self.monitor, self.shown = f"valid/{BEST_F1}", ("total", usual)
        self.clips = clips

    @property
    def frame_seconds(self) -> float:
        """Length of a frame, the hop of the network, in seconds."""
        return self.transcriber.hop_samples / self.transcriber.sample_rate

    def onset_figure(self, look_ahead: int) -> str:
        """What the onset F1 at `look_ahead` frames is called in logs, such as onset_f1_40ms."""
        return f"onset_f1_{1000 * self.frame_seconds * look_ahead:g}ms"

    @property
    def network(self) -> Transcriber:
        """What is averaged and saved."""
        return self.transcriber

    @property
    def learned(self) -> Transcriber:
        """The transcriber: encoder, context and head."""
        return self.transcriber

    @property
    def facts(self) -> dict[str, list[str]]:
        """What the weights and their settings do not tell: the licences of the recordings."""
        return {"licences": list(self.licences)}

    def val_dataloader(self) -> DataLoader[Any] | list[Any]:
        """Whole held-out clips, this device's share of them."""
        if self.clips is None:
            return []
        share = share_out(range(len(self.clips)), self.global_rank, self.trainer.world_size)
        subset = torch.utils.data.Subset(self.clips, share)
        return DataLoader(subset, batch_size=1, collate_fn=take_first)

    def training_step(self, batch: tuple[Tensor, ...], index: int) -> Tensor:
        """Loss of a batch of crops, a scalar in nats: audio `(batch, samples)` and its targets."""
        audio, *targets = batch
        state = self.transcriber.initial_state(len(audio))
        said = self.transcriber.outputs(audio, state)
        settings = self.settings
        parts = transcription_loss(
            said.activations, Activations(*targets[:4]), settings.model.look_aheads, settings.loss
        )
        total = parts.total
        figures = {field.name: getattr(parts, field.name) for field in fields(parts)}
        if settings.model.instruments:
            weights, delay = settings.loss, settings.model.default_look_ahead
            who = instrument_loss(said.instruments, targets[4], delay, weights.warm_up_frames)
            total = total + weights.instrument * who
            figures |= {"total": total, "instrument": who}
        self._finite.check(total, self.global_step)
        self.log_step(figures)
        return total

    def validation_step(self, batch: tuple[Tensor, np.ndarray], index: int) -> None:
        """Loss, frames, and notes of every look-ahead through the runtime's own note tracker."""
        audio, notes = batch
        with torch.autocast(self.device.type, enabled=False):
            said = self.transcriber.outputs(
                audio[None].to(self.device), self.transcriber.initial_state(1)
            )
        activations, model = said.activations, self.settings.model
        frames, hop = activations.onset.shape[1], self.transcriber.hop_samples
        wanted = targets_of(notes, frames, hop, self.device)
        loss = held_out_loss(activations, wanted, model.look_aheads, self.settings.loss)
        figures: dict[str, Tensor | float] = {"loss": loss}
        if model.instruments:
            who = torch.from_numpy(make_instrument_roll(notes, frames, hop, model.instruments))
            figures["instrument_frame_f1"] = instrument_frame_f1(
                said.instruments[0].cpu(), who, model.default_look_ahead
            )
        for head, delay in enumerate(model.look_aheads):
            found = decode(activations, head, delay, self.frame_seconds)
            figures[self.onset_figure(delay)] = onset_f1(notes, found)
            if delay == model.default_look_ahead:
                frame = activations.frame[0, :, head]
                figures["frame_f1"] = frame_f1(frame, wanted.frame[0], delay)
                figures |= note_scores(notes, found)
                figures |= self._at_every_threshold(activations, head, delay, notes)
        self._held_out_means.add(figures)

    def _at_every_threshold(
        self, activations: Activations, head: int, delay: int, notes: np.ndarray
    ) -> dict[str, float]:
        """Onset F1 by the name of each of `ONSET_THRESHOLDS`."""
        return {
            str(threshold): onset_f1(
                notes, decode(activations, head, delay, self.frame_seconds, threshold)
            )
            for threshold in ONSET_THRESHOLDS
        }

    def summarise(self, means: dict[str, Tensor]) -> dict[str, Tensor]:
        """Put the best onset F1 and its threshold in the place of those of every threshold."""
        by_threshold = {one: means.pop(str(one)) for one in ONSET_THRESHOLDS}
        best = max(by_threshold, key=lambda one: float(by_threshold[one]))
        return means | {BEST_F1: by_threshold[best], "best_threshold": torch.tensor(best)}

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Log the gradient's norm before clipping."""
        self.log("train/gradient", gradient_norm(self.transcriber))


def take_first(items: list[Any]) -> tuple[Tensor, np.ndarray]:
    """The only item of a batch of one, as it is: structured notes are not tensors."""
    item: tuple[Tensor, np.ndarray] = items[0]
    return item
