"""Small scores in MusicXML, put together from bars; a quarter has four divisions."""

TYPES = {1: "16th", 2: "eighth", 4: "quarter", 8: "half", 16: "whole"}


def note(name: str, length: int = 16, ties: tuple[str, ...] = (), inside: str = "", **more) -> str:
    """A note such as "F#4", or a rest "r"; `more`: head (before the pitch), voice, staff, drawn."""
    if name == "r":
        pitch = "<rest/>"
    else:
        alter = {"#": 1, "b": -1}.get(name[1], 0)
        altered = f"<alter>{alter}</alter>" if alter else ""
        pitch = f"<pitch><step>{name[0]}</step>{altered}<octave>{name[-1]}</octave></pitch>"
    duration = f"<duration>{length}</duration>" if length else ""
    kind = f"<type>{TYPES[length]}</type>" if length in TYPES else ""
    drawn = "".join(f'<tied type="{tie}"/>' for tie in ties) + more.get("drawn", "")
    staff = f"<staff>{more['staff']}</staff>" if "staff" in more else ""
    return (
        f"<note {more.get('attributes', '')}>{more.get('head', '')}{pitch}{duration}"
        + "".join(f'<tie type="{tie}"/>' for tie in ties)
        + f"<voice>{more.get('voice', 1)}</voice>{kind}{inside}{staff}"
        + (f"<notations>{drawn}</notations>" if drawn else "")
        + "</note>"
    )


def attributes(inside: str = "", beats: str = "4", unit: str = "4") -> str:
    return (
        f"<attributes><divisions>4</divisions><time><beats>{beats}</beats>"
        f"<beat-type>{unit}</beat-type></time>{inside}</attributes>"
    )


def bar(label: object, *inside: str) -> str:
    return f'<measure number="{label}">{"".join(inside)}</measure>'


def line(place: str = "right", repeat: str = "", ending: str = "", more: str = "") -> str:
    """A bar line; `ending` is such as "1 start"."""
    number, _, kind = ending.rpartition(" ")
    bracket = f'<ending number="{number}" type="{kind}"/>' if ending else ""
    sign = f'<repeat direction="{repeat}" {more}/>' if repeat else ""
    return f'<barline location="{place}">{bracket}{sign}</barline>'


def words(text: str, sound: str = "", drawn: str = "") -> str:
    told = f"<words>{text}</words>" if text else ""
    return (
        f"<direction><direction-type>{told}{drawn}</direction-type>"
        + (f"<sound {sound}/>" if sound else "")
        + "</direction>"
    )


def score(*parts: str, names: tuple[str, ...] = ("Flute", "Cello", "Drums"), more: str = "") -> str:
    listed = "".join(
        f'<score-part id="P{i}"><part-name>{names[i]}</part-name>{more}</score-part>'
        for i in range(len(parts))
    )
    bodies = "".join(f'<part id="P{i}">{body}</part>' for i, body in enumerate(parts))
    return f'<score-partwise version="4.0"><part-list>{listed}</part-list>{bodies}</score-partwise>'


def tune(*signs: tuple[str, str], count: int = 0) -> str:
    """Bars 1, 2, ... of a whole note C4, D4, ...; (before, after) is what stands beside each."""
    rows = [*signs, *[("", "")] * (count - len(signs))]
    return "".join(
        bar(i + 1, attributes() if i == 0 else "", before, note("CDEFGAB"[i % 7] + "4"), after)
        for i, (before, after) in enumerate(rows)
    )


OPEN, CLOSE = line("left", "forward"), line("right", "backward")


def ending(number: str, again: bool = False) -> tuple[str, str]:
    """What stands before and after a bar that is an ending."""
    return (
        line("left", ending=f"{number} start"),
        line("right", "backward" if again else "", f"{number} stop"),
    )
