"""The first page: what the instrument is called, of which family it is, and what will happen."""

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit

from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.teach.guide_page import GuidePage, write
from gui.teach.words import family_names
from gui.widgets.controls import Captioned, Picker
from gui.widgets.plain import plain_label
from realtime.inference.instrument_names import LONGEST_NAME, free_name
from realtime.inference.instruments import check_new_name, list_instruments
from realtime.troubles.errors import UserError


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
        self.name.setMaxLength(2 * LONGEST_NAME)  # letters and marks apart
        bind_text(self.name.setPlaceholderText, tr("My instrument"))
        bind_text(self.name.setAccessibleName, tr("Name"))
        self.family = Picker(tr("Family"))
        names = family_names()
        self.family.offer(list(names.items()), "", "")
        self.middle.addWidget(Captioned(tr("Name"), self.name))
        self.middle.addWidget(Captioned(tr("Family"), self.family))
        self.about_name = plain_label("quiet", wrap=True)
        self.middle.addWidget(self.about_name)
        self.middle.addStretch(1)
        self.go_on = self.add_button(
            tr("Go on with “{name}”", name=earlier[0] if earlier else "")
        )  # fmt: skip
        self.go_on.setVisible(bool(earlier))
        self.buttons.addStretch(1)
        self.cancel = self.add_button(tr("Cancel"))
        self.begin = self.add_button(tr("Begin"), primary=True)
        self.name.textChanged.connect(lambda _: self._check_name())

    @property
    def chosen(self) -> tuple[str, str]:
        """(name, code of the family); asked for where `begin` may be pressed."""
        return check_new_name(self._wanted), str(self.family.currentData())

    @property
    def _wanted(self) -> str:
        return self.name.text().strip() or str(tr("My instrument"))

    def _check_name(self) -> None:
        """Say at once what is wrong with the name, or that the instrument will have a number."""
        told = ""
        try:
            name = check_new_name(self._wanted)
            free = free_name(name, list_instruments())
            if free != name and self.name.text():
                told = tr("There is such an instrument already: this one will be “{name}”.",
                          name=free)  # fmt: skip
            self.begin.setEnabled(True)
        except UserError as error:
            told = in_words(error.trouble)
            self.begin.setEnabled(False)
        write(self.about_name, told)
