"""stub"""

TEXTS: dict[str, str] = {}
PLURALS: dict[str, tuple[str, str, str]] = {}
