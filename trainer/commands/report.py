"""`jtm report`: a run folder -> pictures of its curves."""

from dataclasses import dataclass
from pathlib import Path

from realtime.options import parse_options


@dataclass(frozen=True)
class ReportCommand:
    """Options of `jtm report`."""

    run: str
    """Folder of `jtm pretrain` or `jtm train`."""
    out: str = ""
    """Where the PNG files go; empty for RUN/report."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        ReportCommand,
        argv,
        command="report",
        description="Draw the curves of a run: loss and accuracy for each k, gradients, scores.",
        positional=("run",),
    )
    from trainer.report import draw_report

    run = Path(command.run)
    for picture in draw_report(run, Path(command.out) if command.out else run / "report"):
        print(picture)
    return 0
