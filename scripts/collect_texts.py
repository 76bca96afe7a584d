"""Brings the translations of `gui/language` up to date with the texts that are shown.

    python scripts/collect_texts.py            # write
    python scripts/collect_texts.py --check    # only say what would change; exit code 1 if anything

Collects every literal given to `tr()` and `plural()` in the window, inside f-strings too, and the
sentences of `realtime.troubles.texts`. A new text gets an empty translation to be filled in;
one that is shown no more is dropped. Translations are never guessed from similar texts.
"""

import ast
import string
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "gui" / "language"
KEYWORDS = {"tr": slice(0, 1), "plural": slice(1, 3)}
"""What marks a shown text, and which arguments hold it, or singular and plural."""


def main(arguments: list[str]) -> int:
    """Update every catalogue; returns 1 where `--check` found one that is not up to date."""
    texts = window_texts() | engine_texts()
    stale = 0
    for path in sorted(CATALOGUES.glob("*.po")):
        before = path.read_text(encoding="utf-8")
        after = updated(polib.pofile(before, encoding="utf-8"), texts)
        if before == after:
            continue
        stale = 1
        if "--check" in arguments:
            print(f"{path.name} is not up to date; run `python scripts/collect_texts.py`.")
        else:
            path.write_text(after, encoding="utf-8")
    for path in sorted(CATALOGUES.glob("*.po")):
        for entry in polib.pofile(path.read_text(encoding="utf-8")).untranslated_entries():
            print(f"{path.name} lacks: {entry.msgid}")
    return stale if "--check" in arguments else 0


def window_texts() -> dict[str, str]:
    """Every text that the window marks, with its plural ("" where there is none)."""
    texts: dict[str, str] = {}
    for path in sorted((ROOT / "gui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = node.args[KEYWORDS.get(node.func.id, slice(0, 0))]
                words = [text.value for text in given if isinstance(text, ast.Constant)]
                if words:
                    texts[words[0]] = "".join(words[1:]) or texts.get(words[0], "")
    return texts


def engine_texts() -> dict[str, str]:
    """The sentences that the engine names by code, as `window_texts` gives the window's."""
    sys.path.insert(0, str(ROOT))
    from realtime.troubles.texts import TEXTS

    return dict.fromkeys(TEXTS.values(), "")


def updated(old: polib.POFile, texts: dict[str, str]) -> str:
    """A catalogue that holds exactly these texts, in order, with the translations it had."""
    known = {entry.msgid: entry for entry in old if not entry.obsolete}
    new = polib.POFile(wrapwidth=100)
    new.header, new.metadata = old.header, old.metadata
    for one in sorted(texts):
        entry = known.get(one) or polib.POEntry(msgid=one)
        if texts[one] != entry.msgid_plural:
            entry = polib.POEntry(msgid=one, msgid_plural=texts[one])
        if entry.msgid_plural and not entry.msgstr_plural:
            entry.msgstr_plural = dict.fromkeys(range(forms(old)), "")
        braces = any(name is not None for _, name, _, _ in string.Formatter().parse(one))
        entry.flags = ["fuzzy"] * entry.fuzzy + ["python-brace-format"] * braces
        new.append(entry)
    return f"{new}\n"


def forms(catalogue: polib.POFile) -> int:
    """Number of plural forms that a language has, by its header."""
    return int(catalogue.metadata["Plural-Forms"].split("nplurals=")[1].split(";")[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
