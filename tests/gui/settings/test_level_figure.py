"""The level's figure is whole at every width of the window, from the moment at which it comes."""

import pytest


@pytest.mark.parametrize("width", [760, 800, 880, 960, 1280])
def test_the_figure_of_the_level_is_whole_as_soon_as_it_comes(stage, width):
    stage.window.resize(width, 600)
    stage.play(0.2)
    holder = stage.window.top_bar.captioned["level"]
    holder.value.setText("")
    holder.layout().activate()
    holder.value.setText("-16 dB")  # a picture taken now is taken before the next layout
    assert holder.isVisible()
    assert holder.value.width() >= holder.value.fontMetrics().horizontalAdvance("-16 dB")
    assert holder.value.geometry().right() < holder.width()
