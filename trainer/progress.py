"""The progress bar of a run: steps done of all its steps, wherever it began."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import TQDMProgressBar


class StepProgress(TQDMProgressBar):
    """Counts optimizer steps of the whole run, also where it was resumed and over batches added up.

    Lightning's own counts batches of the run against what was left when it was resumed. The pace
    beside the bar, and the time that is left, are of the steps since the run was begun or resumed.
    """

    def on_train_start(self, trainer: pl.Trainer, *_: Any) -> None:
        """Begin at the step that a checkpoint brought."""
        super().on_train_start(trainer, *_)
        bar = self.train_progress_bar
        bar.reset(total=trainer.max_steps)
        bar.set_description("training", refresh=False)
        bar.unit = "step"
        bar.initial = bar.n = trainer.global_step
        bar.refresh()

    def on_train_epoch_start(self, *_: Any) -> None:
        """Crops are endless: there are no epochs to begin anew with."""

    def on_train_batch_end(self, trainer: pl.Trainer, module: Any, *_: Any) -> None:
        """Move on to the step that is done, and say its loss."""
        if self.is_enabled:
            bar = self.train_progress_bar
            bar.n = trainer.global_step
            bar.set_postfix(self.get_metrics(trainer, module))

    def get_metrics(self, trainer: pl.Trainer, module: Any) -> dict[str, Any]:
        """What is said beside the bar: the figures that a module asks for, no version number."""
        figures = dict(super().get_metrics(trainer, module))
        figures.pop("v_num", None)
        return figures
