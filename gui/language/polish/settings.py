"""The words of the settings in Polish."""

SETTING_TEXTS: dict[str, str] = {
    " Hz": " Hz",
    "Every note or chord becomes a line here.": "Każda nuta i każdy akord to tutaj jeden wiersz.",
    "Less motion": "Mniej ruchu",
    "Not all of your settings could be read; they are kept in {path}.": (
        "Nie udało się odczytać wszystkich ustawień; są zachowane w {path}."
    ),
    "Notes as text": "Nuty jako tekst",
    "Notes as text, for a screen reader": "Nuty jako tekst, dla czytnika ekranu",
    "{tonic} major": "{tonic}-dur",
    "{tonic} minor": "{tonic}-moll",
    "{time}   {notes}   velocity {velocity}": "{time}   {notes}   dynamika {velocity}",
    "A note starts again only after so long": "Nuta zaczyna się ponownie dopiero po takim czasie",
    "A4": "A4",
    "All of these as they were at first": "Wszystko tu tak, jak na początku",
    "Always 100": "Zawsze 100",
    "As heard": "Jak słychać",
    "Below 1 lifts soft notes, above 1 lowers them": (
        "Poniżej 1 ciche nuty są głośniejsze, powyżej 1 cichsze"
    ),
    "Curve": "Krzywa",
    "Custom…": "Własna…",
    "Every note has this velocity": "Każda nuta ma tę dynamikę",
    "Highest note": "Najwyższa nuta",
    "How loudness becomes MIDI velocity": "Jak z głośności powstaje dynamika MIDI",
    "Instrument": "Instrument",
    "Keep quiet for three seconds: the gate learns how loud that is": (
        "Trzy sekundy ciszy: bramka pozna, jak jest głośna"
    ),
    "Keep quiet…": "Cisza, proszę…",
    "Learn my room": "Poznaj pokój",
    "Loudest": "Najgłośniejsze",
    "Lowest note": "Najniższa nuta",
    "More even": "Równiej",
    "Noise gate": "Bramka szumów",
    "Notes above are left out": "Wyższe nuty są pomijane",
    "Notes at once": "Nuty naraz",
    "Notes below are left out": "Niższe nuty są pomijane",
    "One": "Jedna",
    "One: a new note ends the one before": "Jedna: nowa nuta kończy poprzednią",
    "Range, notes at once and lengths that suit it": (
        "Zakres, liczba nut naraz i długości, które do niego pasują"
    ),
    "Reset": "Przywróć",
    "Retrigger": "Powtórzenie",
    "Several": "Kilka",
    "Same for all": "Jednakowa",
    "Soft notes louder": "Ciche głośniej",
    "Soft notes softer": "Ciche ciszej",
    "Softest": "Najcichsze",
    "Velocity": "Dynamika",
    "Velocity of the loudest note": "Dynamika najgłośniejszej nuty",
    "Velocity of the softest note": "Dynamika najcichszej nuty",
    "What is softer than this counts as silence": "Co cichsze, liczy się jako cisza",
    "What the instrument is tuned to; Page Up and Page Down: 415, 432, 440, 442, 443…": (
        "Do czego nastrojony jest instrument; Page Up i Page Down: 415, 432, 440, 442, 443…"
    ),
    "All": "Wszystkie",
    "Blues": "Bluesowa",
    "Dorian": "Dorycka",
    "Harmonic minor": "Moll harmoniczna",
    "Keeps notes to a scale: on the roll, in MIDI and in takes": (
        "Trzyma nuty w skali: na taśmie, w MIDI i w podejściach"
    ),
    "Left out": "Pomijane",
    "Lydian": "Lidyjska",
    "Major": "Dur",
    "Major pentatonic": "Pentatonika durowa",
    "Melodic minor": "Moll melodyczna",
    "Minor": "Moll",
    "Minor pentatonic": "Pentatonika mollowa",
    "Mixolydian": "Miksolidyjska",
    "Nearest note": "Najbliższa",
    "One note": "Jedna nuta",
    "One note: vibrato and slides of a note that sounds alone, with a range of ±2": (
        "Jedna nuta: wibrato i podciągnięcia nuty, która brzmi sama, w zakresie ±2"
    ),
    "Outside scale": "Poza skalą",
    "Pitch bend": "Pitch bend",
    "Phrygian": "Frygijska",
    "Root": "Tonika",
    "Scale": "Skala",
    "The first note of the scale": "Pierwsza nuta skali",
    "What becomes of notes that are not in the scale": "Co się dzieje z nutami spoza skali",
    "Whole tone": "Całotonowa",
    "Own choice": "Własny wybór",
}
"""English -> Polish."""
