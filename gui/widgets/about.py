"""What this program is, which version runs here, and what is new in it."""

import platform
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

import realtime
from gui.language.translate import tr
from gui.style.theme import SPACE
from gui.widgets.bound_button import text_button
from gui.widgets.dialogs import Dialog
from gui.widgets.plain import plain_label

CHANGES = "CHANGELOG.md"
WIDTH, HEIGHT = 560, 460


def program_version() -> str:
    """The version that is installed, "" where the program runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow, and seldom wanted

    try:
        return version("jaka-to-melodia")
    except PackageNotFoundError:
        return ""


def changes() -> str:
    """What is new, as Markdown; "" where the file is not there.

    An installed program has it among its bundled files, a working copy in its root.
    """
    package = Path(realtime.__file__).parent
    for path in (package / "bundled" / CHANGES, package.parent / CHANGES):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


class About(Dialog):
    """Name, version and licence, and the list of changes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Jaka to melodia"))
        self.setObjectName("about")
        title, what, system = plain_label("cardTitle"), plain_label(wrap=True), plain_label("quiet")
        title.setText(" ".join(("Jaka to melodia", program_version())).strip())
        what.setText(tr("Hears music and writes its notes while they sound. Free software."))
        python, machine = platform.python_version(), platform.platform(terse=True)
        system.setText(f"Python {python} · Qt {qVersion()} · {machine}")
        self.news = QTextBrowser()
        self.news.setMarkdown(changes())
        self.news.setOpenLinks(False)
        self.news.setAccessibleName(tr("What is new"))
        heading = plain_label("stripTitle")
        heading.setText(tr("What is new"))
        close = text_button(tr("Close"))
        close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(SPACE * 5,) * 4)
        column.setSpacing(SPACE * 2)
        for part in (title, what, system, heading):
            column.addWidget(part)
        column.addWidget(self.news, 1)
        column.addWidget(close)
        self.resize(WIDTH, HEIGHT)
