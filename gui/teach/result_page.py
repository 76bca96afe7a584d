"""The last page: what was gained; before and after by one button; keep it, or throw it away."""

from typing import Any

from PySide6.QtCore import Signal

from gui.language.translate import Text, tr, translated
from gui.style.note_style import NoteInk
from gui.teach.comparison import PhraseComparison
from gui.teach.guide_page import GuidePage
from gui.teach.words import score_words
from gui.widgets.controls import Captioned, Segments

BEFORE, AFTER = 0, 1


class ResultPage(GuidePage):
    """Shows the result of a lesson: better or not, with before and after to compare.

    Args:
        ink: colours.
    """

    switched = Signal(bool)
    """Whether the program shall hear as after the lesson."""

    def __init__(self, ink: NoteInk) -> None:
        super().__init__()
        self.phrase = PhraseComparison(ink)
        self.switch = Segments(
            tr("The program hears as"),
            [tr("Before"), tr("After")],
            [tr("The model as it was"), tr("The model that knows your instrument")],
        )
        self.captioned = Captioned(tr("Play, and switch"), self.switch)
        self.middle.addWidget(self.phrase)
        self.middle.addWidget(self.captioned)
        self.middle.addStretch(1)
        self.more = self.add_button(tr("Play more notes"))
        self.thorough = self.add_button(tr("Learn thoroughly"))
        self.buttons.addStretch(1)
        self.throw_away = self.add_button(tr("Throw away"))
        self.keep = self.add_button(tr("Keep"), primary=True)
        self.switch.chosen.connect(lambda place: self.switched.emit(place == AFTER))

    def show_card(
        self, card: dict[str, Any], may_be_thorough: bool = False, note: str = ""
    ) -> None:
        """Show the card of a lesson.

        Args:
            card: of the lesson.
            may_be_thorough: whether all weights may learn from it yet.
            note: said after what the card says.
        """
        better = bool(card["file"])
        title = tr("It hears your instrument better") if better else tr("Nothing was changed")
        words = [*score_words(card), *filter(None, [note])]
        self.show_words(title, Text(lambda: "\n".join(str(translated(one)) for one in words)))
        phrases = card.get("phrases") or []
        self.phrase.setVisible(bool(phrases))
        if phrases:
            self.phrase.show_phrase(phrases[-1]["before"], phrases[-1]["after"])
        self.captioned.setVisible(better)
        self.keep.setVisible(better)
        self.thorough.setVisible(may_be_thorough)
        if better:
            self.switch.set_chosen(AFTER)
