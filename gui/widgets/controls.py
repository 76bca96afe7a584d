"""Small controls that Qt does not have in the form a plugin needs."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from gui.language.bound_texts import bind_text, follow_language
from gui.language.translate import Text, translated
from gui.style.theme import DARK, SPACE, Theme
from gui.widgets.plain import set_plain_tip

TEXT_FRAME = 12 + 2 + 20 + 4
"""Pixels of a picker that are not its text: padding, arrow, border."""


OWN_WORDS = ("", "virtual")
"""Values whose text is in words of our own, which begin with what matters."""


WIDEST_LIST = 480
"""Pixels; longer names are cut in the list too."""


class Picker(QComboBox):
    """A list to choose from by value; keeps a chosen value that is not plugged in.

    Args:
        name: for screen readers.
        names: whether names of things are listed: they often differ at their ends, and are cut in
            the middle where there is no room for them.
    """

    chosen = Signal(str)
    """The value the user picked."""
    opened = Signal()
    """The list is about to be shown."""

    def __init__(self, name: str, names: bool = False) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, name)
        self._names, self._bare = names, ""
        self._offered: tuple[Sequence[tuple[str, str]], str, str, str] = ((), "", "", "")
        """What `offer` was given last."""
        if names:
            self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self._theme, self._tip = DARK, ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.activated.connect(lambda index: self.chosen.emit(str(self.itemData(index))))

    def minimumSizeHint(self) -> QSize:
        """May become narrow: long names are cut."""
        return QSize(84, super().minimumSizeHint().height())

    def set_theme(self, theme: Theme) -> None:
        """Draw the arrow in another theme."""
        self._theme = theme
        self.update()

    def explain(self, tip: str) -> None:
        """Say what the choice does, below the whole of what is chosen."""
        bind_text(self._explain, tip)

    def _explain(self, tip: str) -> None:
        self._tip = tip
        words = "\n".join(text for text in (self.currentText(), tip) if text)
        set_plain_tip(self, words)
        self.setAccessibleDescription(words)

    def offer(
        self, options: Sequence[tuple[str, str]], value: str, missing: str, bare: str = ""
    ) -> None:
        """List (value, text) pairs with `value` chosen; `missing` says that it is not there.

        Where there is no room for all of `missing`, `bare` stands for it.
        """
        self._offered = (options, value, missing, bare)
        follow_language(self._offer_again)
        listed = [(option, str(translated(text))) for option, text in options]
        there = value in [option for option, _ in listed]
        self._bare = "" if there else bare
        if not there:
            listed.append((value, str(translated(missing))))
        now = [(str(self.itemData(i)), self.itemText(i)) for i in range(self.count())]
        if now != listed:
            self.clear()
            for option, text in listed:
                self.addItem(text, option)
                self.setItemData(self.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex([option for option, _ in listed].index(value))
        self._explain(self._tip)

    def _offer_again(self) -> None:
        """Offer what was offered last in another language."""
        self.offer(*self._offered)

    def showPopup(self) -> None:
        """Show the list, wide enough for its names."""
        self.opened.emit()
        widest = self.view().sizeHintForColumn(0) + 6 * SPACE
        self.view().setMinimumWidth(max(min(widest, WIDEST_LIST), self.width()))
        super().showPopup()

    def whole_width(self) -> int:
        """Pixels that it takes to show all of its choice."""
        self.ensurePolished()
        return self.fontMetrics().horizontalAdvance(self.currentText()) + TEXT_FRAME + 1

    def fitting_text(self) -> str:
        """What the control shows of its choice in the width that it has."""
        room, metrics, text = self.width() - TEXT_FRAME, self.fontMetrics(), self.currentText()
        if self._bare and metrics.horizontalAdvance(text) > room:
            text = self._bare
        middle = self._names and self.currentData() not in OWN_WORDS
        cut = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        return metrics.elidedText(text, cut, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the control, its text cut with an ellipsis where it is long, and its arrow."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.fitting_text()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(self._theme.dim), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y = self.width() - 13.0, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        painter.end()


class Segments(QWidget):
    """A few choices side by side, one of them taken; arrow keys move between them."""

    chosen = Signal(int)
    """Index of the choice the user made."""

    def __init__(self, name: str, labels: Sequence[str], tips: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName("segments")
        bind_text(self.setAccessibleName, name)
        self.buttons: list[QPushButton] = []
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, (label, tip) in enumerate(zip(labels, tips, strict=True)):
            button = QPushButton()
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            bind_text(button.setText, label)
            bind_text(button.setToolTip, tip)
            bind_text(button.setAccessibleName, _joined(name, label))
            place = {0: "first", len(labels) - 1: "last"}.get(index, "middle")
            button.setProperty("place", place)
            self._group.addButton(button, index)
            self.buttons.append(button)
            row.addWidget(button)
        self._group.idClicked.connect(self.chosen)
        follow_language(self._make_room)

    def minimumSizeHint(self) -> QSize:
        """Room for every word, in the bold letters of a taken choice."""
        return QSize(sum(map(_bold_width, self.buttons)), super().minimumSizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Leave room for the bold letters of a taken choice."""
        super().showEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        for button in self.buttons:
            button.setMinimumWidth(_bold_width(button))

    def set_tips(self, tips: Sequence[str]) -> None:
        """Say more about each choice."""
        for button, tip in zip(self.buttons, tips, strict=True):
            bind_text(button.setToolTip, tip)

    def index(self) -> int:
        """The choice that is taken, -1 if none is."""
        return self._group.checkedId()

    def set_chosen(self, index: int) -> None:
        """Mark a choice without emitting `chosen`."""
        self.buttons[index].setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys choose; anything else is not ours."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        index = self._group.checkedId() + step
        if step and 0 <= index < len(self.buttons):
            self.buttons[index].setFocus()
            self.buttons[index].click()
        else:
            super().keyPressEvent(event)


def _joined(name: str, label: str) -> Text:
    return Text(lambda: f"{translated(name)}: {translated(label)}")


def _bold_width(button: QPushButton) -> int:
    """Pixels that a choice takes where it is taken."""
    button.ensurePolished()
    bold = QFont(button.font())
    bold.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(bold).horizontalAdvance(button.text()) + 6 * SPACE


class ElidedLabel(QLabel):
    """A line of plain text that ends with an ellipsis where there is no room for all of it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def sizeHint(self) -> QSize:
        """Room for accents on capitals, which stand above what a font calls its height."""
        return super().sizeHint() + QSize(0, 2 * self._above())

    def minimumSizeHint(self) -> QSize:
        """Allow the label to become narrower than its text."""
        return QSize(40, super().minimumSizeHint().height() + 2 * self._above())

    def _above(self) -> int:
        """Pixels by which accents stand out, and one to be sure."""
        metrics = self.fontMetrics()
        return max(-metrics.tightBoundingRect("ŚŻÓÅ").top() - metrics.ascent() + 1, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), int(self.alignment()), words)
        painter.end()


class Captioned(QWidget):
    """A control with a small caption above it and, at the right of the caption, its value.

    Args:
        caption: its words.
        control: what is below it.
        widest: a value for which, beside the whole caption, there is always room; None may cut it.
    """

    def __init__(self, caption: str, control: QWidget, widest: str | None = None) -> None:
        super().__init__()
        self._widest = widest
        self._words = ""
        self.caption = ElidedLabel()
        self.caption.setObjectName("caption")
        self.caption.setBuddy(control)
        self.value = QLabel()
        self.value.setObjectName("value")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bind_text(self._show_caption, caption)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.caption)
        head.addStretch(1)
        head.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(head)
        column.addWidget(control)

    def showEvent(self, event: QShowEvent) -> None:
        """Make room, once the typeface is known."""
        super().showEvent(event)
        self._make_room()

    def _show_caption(self, caption: str) -> None:
        changed = bool(self.caption.property("changed"))
        self._words = caption.upper()
        self.caption.setText(f"• {self._words}" if changed else self._words)
        if self.isVisible():
            self._make_room()

    def _make_room(self) -> None:
        if self._widest is None:
            return
        words = self.caption.fontMetrics().horizontalAdvance(f"• {self._words}")
        value = self.value.fontMetrics().horizontalAdvance(self._widest)
        self.setMinimumWidth(words + value + 3 * SPACE)
        # kept free, so that a value that comes is whole before the next layout
        self.value.setMinimumWidth(value)

    def mark(self, changed: bool) -> None:
        """Show by a dot that the value is not the usual one."""
        text = f"• {self._words}" if changed else self._words
        if text != self.caption.text():
            self.caption.setText(text)
            self.caption.setProperty("changed", changed)
            self.caption.style().unpolish(self.caption)
            self.caption.style().polish(self.caption)


def beside_icon(text: str) -> str:
    """Words that stand a little off the icon at their left; nothing where there are none."""
    return Text(lambda: f" {translated(text)}" if text else "")
