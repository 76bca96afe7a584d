"""What new takes are called: "Sunday evening, piano". No Qt widgets."""

from datetime import datetime

from PySide6.QtCore import QLocale

from gui.language.translate import spoken_locale, tr
from gui.music.instruments import instrument_word


def take_title(moment: datetime, instrument: str = "") -> str:
    """A name for what begins now.

    Args:
        moment: local time.
        instrument: that is played, "" where nobody knows.
    """
    form = QLocale.FormatType.LongFormat
    day = spoken_locale().standaloneDayName(moment.isoweekday(), form)
    if moment.hour < 5:
        title = tr("{day} night", day=day)
    elif moment.hour < 12:
        title = tr("{day} morning", day=day)
    elif moment.hour < 18:
        title = tr("{day} afternoon", day=day)
    else:
        title = tr("{day} evening", day=day)
    title = title[:1].upper() + title[1:]
    return f"{title}, {instrument_word(instrument).lower()}" if instrument else title
