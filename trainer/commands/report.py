"""`jtm report`: a run folder -> one HTML page, and its curves as pictures."""

from dataclasses import dataclass
from pathlib import Path

from realtime.commands.options import parse_options
from realtime.files.output_files import OutputFiles
from realtime.troubles.errors import UserError


@dataclass(frozen=True)
class ReportCommand:
    """Write the page of a run folder."""

    run: str
    """Folder of `jtm pretrain`, `jtm train` or `jtm classify`."""
    out: str = ""
    """Where the PNG files go; empty for RUN/report."""
    overwrite: bool = False
    """Write an earlier report anew."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        ReportCommand,
        argv,
        command="report",
        description="A run as one HTML file, RUN/report.html: curves, tables, spectrograms with "
        "notes, settings; the curves as PNG files too.",
        positional=("run",),
        examples=("jtm report run", "jtm report run --out page --overwrite"),
    )
    from trainer.reports.page import write_page

    run = Path(command.run)
    OutputFiles(overwrite=command.overwrite).claim(run / "report.html")
    out = Path(command.out) if command.out else run / "report"
    if out.is_dir() and any(out.iterdir()) and not command.overwrite:
        raise UserError(f"{out} holds files already; choose an empty --out, or give --overwrite.")
    print(write_page(run, out))
    return 0
