"""Every word the user reads goes through `tr` and `plural`; here the language is chosen."""

from PySide6.QtCore import QLocale

from gui.language.polish.window import PLURALS, TEXTS

LANGUAGES = {"en": "English", "pl": "Polski"}
"""Code -> the language's own name."""


_language = "en"


def set_language(code: str) -> None:
    """Speak English ("en") or Polish ("pl"); an unknown code is English."""
    global _language
    _language = code if code in LANGUAGES else "en"


def language() -> str:
    """The code of the language now spoken."""
    return _language


def tr(text: str, **values: object) -> str:
    """The text in the user's language, `{name}` replaced by `values`."""
    spoken = TEXTS.get(text, text) if _language == "pl" else text
    return spoken.format(**values) if values else spoken


def plural(count: int, one: str, many: str) -> str:
    """`count` with its noun: "1 note", "3 notes"; in Polish "1 nuta", "2 nuty", "5 nut"."""
    if _language == "pl" and one in PLURALS:
        return f"{count} {PLURALS[one][polish_form(count)]}"
    return f"{count} {one if count == 1 else many}"


def decimal(value: float, form: str) -> str:
    """A number in a format such as ".1f", with the decimal comma where the language has one."""
    text = format(value, form)
    return text.replace(".", ",") if _language == "pl" else text


def polish_form(count: int) -> int:
    """Which of the three Polish plural forms a count takes."""
    if count == 1:
        return 0
    few = 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14
    return 1 if few else 2


def speak(choice: str) -> None:
    """Speak the chosen language; "" is the system's, English where it is not one of ours."""
    system = QLocale.system().name().split("_")[0]
    set_language(choice if choice in LANGUAGES else system)


def spoken_locale() -> QLocale:
    """How the language now spoken writes numbers, whatever the system's way is."""
    return QLocale(language())
