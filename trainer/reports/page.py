"""A run as one HTML file that needs nothing else: pictures inside, tables, settings, alarms."""

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from realtime.troubles.errors import UserError
from realtime.values.atomic import replace_text
from trainer.reports.classification import classification_page
from trainer.reports.training import training_page


def write_page(run: Path, out: Path) -> Path:
    """Write `RUN/report.html` from whatever the run folder holds.

    Args:
        run: folder of `jtm pretrain`, `jtm train` or `jtm classify`.
        out: where its pictures go as PNG files too.

    Returns:
        The page.

    Raises:
        UserError: if there is no such folder, or it holds no run.
    """
    if not run.is_dir():
        raise UserError(
            f"There is no folder '{run}'; give one that `jtm pretrain`, `jtm train` or "
            "`jtm classify` wrote with --out."
        )
    if (run / "classify.json").is_file():
        page = classification_page(run)
    else:
        page = training_page(run, out)
    template = files("trainer.reports").joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    path = run / "report.html"
    replace_text(path, environment.from_string(template).render(page=page))
    return path
