"""A small score in MusicXML: pick-up, repeat with two endings, tie, grace note, clarinet, piano."""

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="3.1"><work><work-title>Small</work-title></work><part-list>
<score-part id="P1"><part-name>Clarinet</part-name></score-part>
<score-part id="P2"><part-name>Piano</part-name></score-part></part-list>"""


def note(
    step: str, octave: int, quarters: int, kind: str, extra: str = "", before: str = ""
) -> str:
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return (
        f"<note>{before}{pitch}<duration>{2 * quarters}</duration><type>{kind}</type>{extra}</note>"
    )


def tie(kind: str) -> tuple[str, str]:
    return f'<tie type="{kind}"/>', f'<notations><tied type="{kind}"/></notations>'


def tied(step: str, octave: int, quarters: int, kind: str, *ties: str) -> str:
    sound = "".join(tie(word)[0] for word in ties)
    drawn = tie(ties[0])[1]
    return note(step, octave, quarters, kind, drawn).replace("<type>", f"{sound}<type>")


CLARINET = (
    '<part id="P1"><measure number="0" implicit="yes"><attributes><divisions>2</divisions>'
    "<key><fifths>2</fifths></key><time><beats>3</beats><beat-type>4</beat-type></time>"
    "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>"
    '<direction><sound tempo="90"/></direction>'
    + note("D", 4, 1, "quarter")
    + '</measure><measure number="1"><barline location="left"><repeat direction="forward"/>'
    "</barline>"
    "<note><grace/><pitch><step>C</step><octave>5</octave></pitch><type>eighth</type></note>"
    + tied("D", 5, 3, "half", "start").replace("</type>", "</type><dot/>")
    + '</measure><measure number="2"><barline location="left"><ending number="1" type="start"/>'
    "</barline>"
    + tied("D", 5, 1, "quarter", "stop")
    + note("E", 5, 2, "half")
    + '<barline location="right"><ending number="1" type="stop"/><repeat direction="backward"/>'
    '</barline></measure><measure number="3"><barline location="left">'
    '<ending number="2" type="start"/></barline>'
    + note("F", 5, 3, "half").replace("</type>", "</type><dot/>")
    + '<barline location="right"><ending number="2" type="stop"/></barline></measure>'
    '<measure number="4"><direction><sound tempo="60"/></direction>'
    + note("D", 5, 3, "half").replace("</type>", "</type><dot/>")
    + "</measure></part>"
)


def piano_bar(number: int, pitch: str, octave: int, left: str = "", right: str = "") -> str:
    upper = note(pitch, octave, 3, "half", "<dot/><staff>1</staff>")
    chord = note("E", 5, 3, "half", "<dot/><staff>1</staff>", "<chord/>")
    lower = note("C", 3, 3, "half", "<dot/><staff>2</staff>")
    back = "<backup><duration>6</duration></backup>"
    return f'<measure number="{number}">{left}{upper}{chord}{back}{lower}{right}</measure>'


PIANO = (
    '<part id="P2"><measure number="0" implicit="yes"><attributes><divisions>2</divisions>'
    "<time><beats>3</beats><beat-type>4</beat-type></time><staves>2</staves></attributes>"
    "<note><rest/><duration>2</duration><type>quarter</type><staff>1</staff></note></measure>"
    + piano_bar(1, "C", 5)
    + piano_bar(2, "G", 4)
    + piano_bar(3, "A", 4)
    + piano_bar(4, "B", 4)
    + "</part>"
)

SCORE = HEAD + CLARINET + PIANO + "</score-partwise>"
DRUMS = (
    '<score-partwise version="3.1"><part-list><score-part id="P1"><part-name>Drums</part-name>'
    '</score-part></part-list><part id="P1"><measure number="1"><attributes>'
    "<divisions>1</divisions>"
    "</attributes><note><unpitched><display-step>E</display-step>"
    "<display-octave>4</display-octave>"
    "</unpitched><duration>1</duration><type>quarter</type></note></measure></part>"
    "</score-partwise>"
)
EMPTY = DRUMS.replace("<unpitched>", "<rest>").replace("</unpitched>", "</rest>")
NO_TEMPO = SCORE.replace('tempo="90"', 'tempo="0"')
