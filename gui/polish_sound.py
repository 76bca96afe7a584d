"""The words about what is heard while playing in Polish."""

SOUND_TEXTS: dict[str, str] = {
    " BPM": " BPM",
    "A click in your tempo (K). A take recorded to it knows its bars, and can be saved with "
    "them.": (
        "Metronom w twoim tempie (K). Podejście nagrane z nim zna swoje takty i można je z nimi "
        "zapisać."
    ),
    "A click to play to, or none": "Metronom do gry albo bez niego",
    "A click, or none; tap its tempo": "Metronom albo nie; wystukaj jego tempo",
    "A guess from the notes": "Odgadnięte z nut",
    "Bars and tempo of the click it was played to": "Takty i tempo metronomu, z którym grano",
    "Bars of click before a take begins": "Takty metronomu przed początkiem podejścia",
    "Beats a bar": "Uderzeń w takcie",
    "Choose a MIDI out or turn the synth on (H): then the keys can be heard.": (
        "Wybierz wyjście MIDI albo włącz syntezator (H): wtedy klawisze zabrzmią."
    ),
    "Click": "Metronom",
    "Click level": "Głośność metronomu",
    "Click track": "Metronom",
    "Count-in": "Odliczanie",
    "Detected": "Odgadnięte",
    "Fixed": "Stałe",
    "Hear the notes on the built-in synth while you play (H). Use headphones: what "
    "loudspeakers play comes back through the microphone as new notes.": (
        "Słuchaj nut na wbudowanym syntezatorze, gdy grasz (H). Użyj słuchawek: to, co zagrają "
        "głośniki, wróci przez mikrofon jako nowe nuty."
    ),
    "Hear the notes on the synth, or not": "Słuchaj nut na syntezatorze albo nie",
    "How loud the click is, in decibels": "Jak głośny jest metronom, w decybelach",
    "How loud the synth is, in decibels": "Jak głośny jest syntezator, w decybelach",
    "Notes are still shown, sent and recorded. You can choose another output behind the "
    "headphones above.": (
        "Nuty nadal widać, są wysyłane i nagrywane. Inne wyjście możesz wybrać u góry, "
        "pod słuchawkami."
    ),
    "Nothing is heard": "Nic nie słychać",
    "Of the click, in beats a minute": "Metronomu, w uderzeniach na minutę",
    "On": "Wł.",
    "Output": "Wyjście",
    "Synth level": "Głośność syntezatora",
    "Tap": "Stukaj",
    "Tap the tempo": "Wystukaj tempo",
    "Tap the tempo, a beat a tap (B)": "Wystukaj tempo, jedno uderzenie na raz (B)",
    "The first of them is higher": "Pierwsze z nich jest wyższe",
    "The synth is silent.": "Syntezator milczy.",
    "The tempo that you give": "Tempo, które podasz",
    "This take was not played to the click (K)": "Tego podejścia nie grano z metronomem (K)",
    "What you hear": "Co słyszysz",
    "Where synth and click are heard": "Gdzie słychać syntezator i metronom",
    "You hear your notes on the synth. Use headphones, or it hears itself.": (
        "Słyszysz swoje nuty na syntezatorze. Użyj słuchawek, inaczej usłyszy sam siebie."
    ),
    "in {beats}": "za {beats}",
    "none": "brak",
    "something can be heard": "coś słychać",
}
"""English -> Polish."""
