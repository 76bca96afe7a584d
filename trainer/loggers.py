"""Where a run's figures go: CSV and TensorBoard always, others where a flag names them."""

from pathlib import Path
from typing import Any

from pytorch_lightning.loggers import CometLogger, CSVLogger, Logger, TensorBoardLogger, WandbLogger

from realtime.errors import UserError

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
