"""Every shown text has its Polish, with the same placeholders, and the catalogue is up to date."""

import ast
import gettext
import string
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import polib
import pytest

from gui.language.status_items import status_items
from gui.language.translate import LANGUAGES, decimal, plural, set_language, tr
from realtime.troubles.texts import TEXTS
from realtime.values.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[3]
GUI = ROOT / "gui"
CATALOGUES = sorted((GUI / "language").glob("*.po"))
POLISH = polib.pofile(str(GUI / "language" / "pl.po"), encoding="utf-8")


def fields(text: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name}


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_language_but_english_has_its_catalogue():
    assert {"en", *(path.stem for path in CATALOGUES)} == set(LANGUAGES)


def test_the_catalogue_holds_just_what_is_shown():
    command = [sys.executable, str(ROOT / "scripts" / "collect_texts.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_texts_are_collected_from_the_window_and_the_engine():
    known = {entry.msgid for entry in POLISH}
    assert set(TEXTS.values()) <= known
    assert {"Record", "note"} <= known and len(known) > 500


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_nothing_is_left_untranslated(path):
    catalogue = polib.pofile(str(path), encoding="utf-8")
    assert [entry.msgid for entry in catalogue if not all(translations(entry))] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []
    assert len({entry.msgid for entry in catalogue}) == len(catalogue)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_placeholders_and_spaces_at_the_ends_survive(path):
    for entry in polib.pofile(str(path), encoding="utf-8"):
        for words in translations(entry):
            assert fields(words) == fields(entry.msgid), entry.msgid
            for end in (str.lstrip, str.rstrip):
                assert (end(words) == words) == (end(entry.msgid) == entry.msgid), entry.msgid


def test_the_standard_library_reads_the_catalogue():
    read = gettext.GNUTranslations(BytesIO(POLISH.to_binary()))
    set_language("pl")
    try:
        for entry in POLISH:
            assert read.gettext(entry.msgid) == translations(entry)[0]
            assert tr(entry.msgid) == translations(entry)[0]
        assert [plural(count, "key", "keys") for count in (1, 24, 88)] == [
            "1 klawisz",
            "24 klawisze",
            "88 klawiszy",
        ]
    finally:
        set_language("en")


def test_the_window_gives_literals_to_be_translated():
    """What is no literal cannot be collected; only what the engine names by code is looked up."""
    for path in GUI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            texts = {"tr": node.args[:1], "plural": node.args[1:]}.get(node.func.id, [])
            if path.name not in ("engine_messages.py", "translate.py"):
                for text in texts:
                    assert isinstance(text, ast.Constant), f"{path.name}:{node.lineno}"


def test_polish_figures_have_a_decimal_comma():
    set_language("pl")
    try:
        assert decimal(1.25, ".1f") == "1,2" and decimal(48.0, "g") == "48"
        snapshot = Snapshot(device_rate=44100, input_name="Scarlett", hop_ms=1.3, block_frames=64)
        words = " ".join(item.text + item.tip for item in status_items(snapshot))
        assert "44,1 kHz" in words and "krok 1,3 ms" in words and "1,45 ms" in words
    finally:
        set_language("en")
    assert decimal(1.25, ".1f") == "1.2"
