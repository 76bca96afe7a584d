"""The notices of this moment, a message each, as many as the window has room for."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from gui.notices.message_layer import ONE_LINE, MessageLayer
from gui.notices.notice import Notice, merged
from gui.notices.notice_view import NoticeStrip

SHARE = 4
"""Notices take a fourth of the window's height at most, but there is always one."""


class NoticeStack(QObject):
    """Shows the notices it is given; the last message names those there is no room for.

    Args:
        layer: where the messages lie.
    """

    acted = Signal(object)
    """A button of a notice was pressed; carries its wish."""
    dismissed = Signal(object)
    """The notice that the user sent away."""

    def __init__(self, layer: MessageLayer) -> None:
        super().__init__(layer)
        self._layer = layer
        self.notices: list[Notice] = []
        """What is shown, the most important first."""
        self.strips: list[NoticeStrip] = []
        """One strip for each notice at least; a notice keeps its own as long as it is shown."""

    def show_notices(self, notices: Sequence[Notice], height: int) -> None:
        """Show these, the most important first, in a window of this height in pixels."""
        room = max(1, min(height // (SHARE * ONE_LINE), self._layer.room_for_notices))
        shown = list(notices[:room])
        if len(notices) > room:
            shown[-1] = merged(notices[room - 1 :])
        if shown == self.notices:
            return
        self.notices = shown
        kept: dict[NoticeStrip, Notice] = {}
        for strip in self.strips:
            same = (each for each in shown if _same(each, strip.notice))
            notice = next((each for each in same if each not in kept.values()), None)
            if notice is not None:
                kept[strip] = notice
        for strip in self.strips:
            strip.show_notice(kept.get(strip))
        for notice in shown:
            if notice not in kept.values():
                self._free_strip().show_notice(notice)

    def _free_strip(self) -> NoticeStrip:
        for strip in self.strips:
            if strip.notice is None:
                return strip
        strip = NoticeStrip()
        strip.acted.connect(self.acted)
        strip.dismissed.connect(self.dismissed)
        self.strips.append(strip)
        self._layer.add(strip)
        return strip


def _same(notice: Notice, before: Notice | None) -> bool:
    """Whether this is the notice that was shown before, though its words may have changed."""
    if before is None:
        return False
    codes, codes_before = ([trouble.code for trouble in each.about] for each in (notice, before))
    return (notice.title, codes) == (before.title, codes_before)
