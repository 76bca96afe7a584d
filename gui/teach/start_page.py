"""The first page: what the instrument is called, of which family it is, and what will happen."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.teach.guide_page import GuidePage
from gui.teach.words import family_names
from gui.widgets.controls import Captioned, Picker

LONGEST_NAME = 60


class StartPage(GuidePage):
    """Asks for name and family, both of which may be left as they are.

    Args:
        earlier: names of lessons that were begun and not learned from, the newest first.
    """

    def __init__(self, earlier: Sequence[str]) -> None:
        super().__init__()
        self.show_words(
            tr("Teach my instrument"),
            tr("The program learns to hear your very instrument from some notes of it. It says "
               "which note to play, listens, and goes on by itself: about five minutes of playing, "
               "then two minutes of learning. You can stop at any time; nothing is lost."),
        )  # fmt: skip
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        bind_text(self.name.setPlaceholderText, tr("My instrument"))
        bind_text(self.name.setAccessibleName, tr("Name"))
        self.family = Picker(tr("Family"))
        names = family_names()
        self.family.offer(list(names.items()), "", "")
        self.middle.addWidget(Captioned(tr("Name"), self.name))
        self.middle.addWidget(Captioned(tr("Family"), self.family))
        self.middle.addStretch(1)
        self.go_on = self.add_button(
            tr("Go on with “{name}”", name=earlier[0] if earlier else "")
        )  # fmt: skip
        self.go_on.setVisible(bool(earlier))
        self.buttons.addStretch(1)
        self.cancel = self.add_button(tr("Cancel"))
        self.begin = self.add_button(tr("Begin"), primary=True)

    @property
    def chosen(self) -> tuple[str, str]:
        """(name, code of the family)."""
        name = self.name.text().strip() or tr("My instrument")
        return name, str(self.family.currentData())
