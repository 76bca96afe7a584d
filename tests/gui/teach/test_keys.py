"""Names above the keys of a lesson can be read, however near the keys are."""

from itertools import pairwise

import pytest

from gui.style.note_style import NoteInk
from gui.style.theme import DARK
from gui.teach.keys import HIGHEST, LOWEST, LessonKeys


@pytest.mark.parametrize(
    "asked, heard",
    [({69}, 71), ({69}, 68), ({60, 64, 67}, 65), ({HIGHEST}, HIGHEST - 1), ({LOWEST}, LOWEST + 1),
     ({106, 107, 108}, 105), ({60}, 0), ({60}, 130)],
)  # fmt: skip
def test_names_stand_beside_each_other_inside_the_picture(qtbot, asked, heard):
    keys = LessonKeys(NoteInk(DARK, "letters"))
    qtbot.addWidget(keys)
    keys.show_keys(asked, (), heard)
    areas = keys.name_areas()
    assert set(areas) == (asked | {heard}) & {*range(LOWEST, HIGHEST + 1)}
    placed = [areas[pitch] for pitch in sorted(areas)]
    assert all(left.right() <= right.left() for left, right in pairwise(placed))
    assert all(area.left() >= 0 and area.right() <= keys.width() + 0.01 for area in placed)
    alone = min(areas)
    if len(areas) == 1:
        assert areas[alone].center().x() == pytest.approx(keys.key_area(alone).center().x())
