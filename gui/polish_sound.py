"""The words about what is heard while playing in Polish."""

SOUND_TEXTS: dict[str, str] = {
    "Choose a MIDI out or turn the synth on (H): then the keys can be heard.": (
        "Wybierz wyjście MIDI albo włącz syntezator (H): wtedy klawisze zabrzmią."
    ),
    "Hear the notes on the built-in synth while you play (H). Use headphones: what "
    "loudspeakers play comes back through the microphone as new notes.": (
        "Słuchaj nut na wbudowanym syntezatorze, gdy grasz (H). Użyj słuchawek: to, co zagrają "
        "głośniki, wróci przez mikrofon jako nowe nuty."
    ),
    "Hear the notes on the synth, or not": "Słuchaj nut na syntezatorze albo nie",
    "How loud the synth is, in decibels": "Jak głośny jest syntezator, w decybelach",
    "Notes are still shown, sent and recorded. You can choose another output behind the "
    "headphones above.": (
        "Nuty nadal widać, są wysyłane i nagrywane. Inne wyjście możesz wybrać u góry, "
        "pod słuchawkami."
    ),
    "Nothing is heard": "Nic nie słychać",
    "On": "Wł.",
    "Output": "Wyjście",
    "Synth level": "Głośność syntezatora",
    "The synth is silent.": "Syntezator milczy.",
    "What you hear": "Co słyszysz",
    "Where synth and click are heard": "Gdzie słychać syntezator i metronom",
    "You hear your notes on the synth. Use headphones, or it hears itself.": (
        "Słyszysz swoje nuty na syntezatorze. Użyj słuchawek, inaczej usłyszy sam siebie."
    ),
    "something can be heard": "coś słychać",
}
"""English -> Polish."""
