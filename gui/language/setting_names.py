"""What the window calls the settings that its controls change and that its messages name."""

from gui.language.translate import tr


def setting_names() -> dict[str, str]:
    """Field of the engine's settings -> its name beside a control."""
    return {
        "instrument": tr("Instrument"),
        "gain_db": tr("Gain"),
        "gate_db": tr("Noise gate"),
        "sensitivity": tr("Sensitivity"),
        "minimum_note_ms": tr("Shortest note"),
        "retrigger_ms": tr("Retrigger"),
        "lowest_pitch": tr("Lowest note"),
        "highest_pitch": tr("Highest note"),
        "mono": tr("Notes at once"),
        "scale": tr("Scale"),
        "scale_root": tr("Root"),
        "outside_scale": tr("Outside scale"),
        "a4_hz": tr("A4"),
        "velocity_fixed": tr("Same for all"),
        "velocity_curve": tr("Curve"),
        "velocity_min": tr("Softest"),
        "velocity_max": tr("Loudest"),
        "transpose": tr("Transpose"),
        "channel": tr("Channel"),
        "pitch_bend": tr("Pitch bend"),
        "active_sensing": tr("Active Sensing"),
        "latency_ms": tr("Look-ahead"),
        "synth": tr("Synth"),
        "synth_db": tr("Synth level"),
        "sound_out": tr("Output"),
        "click": tr("Click"),
        "click_bpm": tr("Tempo"),
        "click_beats": tr("Beats a bar"),
        "click_db": tr("Click level"),
        "count_in": tr("Count-in"),
        "recent_minutes": tr("Held in memory"),
    }


def name_of_option(option: str) -> str:
    """Name in the window of an option as the command line spells it, `--lowest-pitch`.

    What the window has no name for stays as it is.
    """
    return setting_names().get(option.removeprefix("--").replace("-", "_"), option)
