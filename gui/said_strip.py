"""What became of a wish: "Saved as ...", "... is in the trash"; and the way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from gui.engine_words import in_our_words
from gui.strip import Strip, plain_label, show_kind
from gui.words import tr


class SaidStrip(Strip):
    """Stays until it is closed or something else is said."""

    undo_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.label = plain_label(wrap=True)
        self.undo = QPushButton(tr("Undo"))
        self.undo.setToolTip(f"{tr('Undo')} ({tr('Ctrl')}+Z)")
        self.close_button = QPushButton(tr("Close"))
        for button in (self.undo, self.close_button):
            button.setAccessibleName(button.text())
            self.buttons.addWidget(button)
        self.undo.clicked.connect(self.undo_clicked)
        self.close_button.clicked.connect(self.hide)
        self.arrange(narrow=False)

    def place(self, narrow: bool) -> None:
        """The buttons beside the words, or below them."""
        self.grid.addWidget(self.label, 0, 1)
        self.grid.addLayout(
            self.buttons, *((1, 1) if narrow else (0, 2)), Qt.AlignmentFlag.AlignRight
        )
        self.grid.setColumnStretch(1, 1)

    def say(self, text: str, kind: str = "info", undo: bool = False) -> None:
        """Say this, with an offer to undo it."""
        text = in_our_words(text)
        show_kind(self.kind, kind)
        self.label.setText(text)
        self.speak(text)
        self.undo.setVisible(undo)
        self.show()
