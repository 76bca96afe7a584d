"""Where a run's figures go: CSV and TensorBoard always, others where a flag names them."""

import logging
import warnings
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import TQDMProgressBar
from pytorch_lightning.loggers import CometLogger, CSVLogger, Logger, TensorBoardLogger, WandbLogger

from realtime.troubles.errors import UserError

PACKAGES = {"wandb": "wandb", "comet": "comet-ml"}


def make_loggers(folder: Path, resume: bool, extra: str, online: bool) -> list[Logger]:
    """Loggers that write below `folder`; nothing leaves the machine unless `online`.

    The CSV is `csv/metrics.csv`; a resumed run keeps it and writes `csv/resumed_N/metrics.csv`.

    Args:
        folder: of the run.
        resume: whether the run goes on.
        extra: none, wandb or comet.
        online: let `extra` send its figures.

    Raises:
        UserError: if the package of `extra` is not installed.
    """
    earlier = len(list(folder.glob("csv/**/metrics.csv")))
    number = f"resumed_{earlier}" if resume and earlier else ""
    loggers: list[Logger] = [
        CSVLogger(folder, "csv", version=number),
        TensorBoardLogger(folder, "tensorboard"),
    ]
    if extra != "none":
        loggers.append(make_extra(folder, extra, online))
    return loggers


def make_extra(folder: Path, kind: str, online: bool) -> Logger:
    """Lightning's logger for Weights & Biases or Comet."""
    name = folder.resolve().name
    try:
        if kind == "wandb":
            return WandbLogger(name=name, save_dir=folder, project="jtm", offline=not online)
        words: dict[str, Any] = {"name": name, "offline_directory": str(folder / "comet")}
        return CometLogger(project="jtm", online=online, **words)
    except ModuleNotFoundError as error:
        raise UserError(
            f"--machine.logger {kind} needs the package '{PACKAGES[kind]}': install it with "
            f"`pip install {PACKAGES[kind]}`, or leave the option out (CSV and TensorBoard stay)."
        ) from error


NOISE = (
    "litlogger",
    "GPU available",
    "TPU available",
    "HPU available",
    "`weights_only` was not set",
    "was configured so",
)
"""Parts of messages that are left out."""


STATED = (
    "`Trainer.fit` stopped",
    "Restoring states from the checkpoint",
    "Restored all states from the checkpoint",
)
"""Parts of messages that are not shown: bar and last line say as much; other logs have them."""


SPEAKERS = (
    "pytorch_lightning.utilities.rank_zero",
    "pytorch_lightning.trainer.connectors.checkpoint_connector",
)
"""Loggers whose messages of these kinds are left out."""


def is_worth_saying(record: logging.LogRecord) -> bool:
    """Whether a log record is none of the noise; warnings always are."""
    message = record.getMessage()
    return record.levelno >= logging.WARNING or not any(part in message for part in NOISE)


def is_worth_showing(record: logging.LogRecord) -> bool:
    """Whether a log record tells a user at the terminal something new; warnings always do."""
    message = record.getMessage()
    return record.levelno >= logging.WARNING or not any(part in message for part in STATED)


def quieten_lightning() -> None:
    """Filter that noise, and a deprecation inside Lightning itself; may be called again."""
    for name in SPEAKERS:
        logging.getLogger(name).addFilter(is_worth_saying)
    for handler in logging.getLogger("pytorch_lightning").handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.addFilter(is_worth_showing)
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*is deprecated")


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
        """Move on to the step that is done; its loss is fetched only where it is logged too."""
        if not self.is_enabled:
            return
        bar = self.train_progress_bar
        bar.n = trainer.global_step
        every = trainer.log_every_n_steps  # type: ignore[attr-defined]  # set when it is made
        if trainer.global_step % every == 0:
            bar.set_postfix(self.get_metrics(trainer, module))
        else:
            bar.refresh()

    def get_metrics(self, trainer: pl.Trainer, module: Any) -> dict[str, Any]:
        """What is said beside the bar: the figures that a module asks for, no version number."""
        figures = dict(super().get_metrics(trainer, module))
        figures.pop("v_num", None)
        return figures
