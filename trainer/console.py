"""What Lightning says at every run and nobody can act on stays off the terminal."""

import logging
import warnings

NOISE = (
    "litlogger",
    "GPU available",
    "TPU available",
    "HPU available",
    "`weights_only` was not set",
)
"""Parts of messages that are left out."""
SPEAKERS = (
    "pytorch_lightning.utilities.rank_zero",
    "pytorch_lightning.trainer.connectors.checkpoint_connector",
)
"""Loggers that say them."""


def is_worth_saying(record: logging.LogRecord) -> bool:
    """Whether a log record is none of the noise; warnings always are."""
    message = record.getMessage()
    return record.levelno >= logging.WARNING or not any(part in message for part in NOISE)


def quieten_lightning() -> None:
    """Filter that noise, and a deprecation inside Lightning itself; may be called again."""
    for name in SPEAKERS:
        logging.getLogger(name).addFilter(is_worth_saying)
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*is deprecated")
