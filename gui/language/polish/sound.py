"""The words about what is heard while playing in Polish."""

SOUND_TEXTS: dict[str, str] = {
    " BPM": " BPM",
    "A click in your tempo (K). A take recorded to it knows its bars, and can be saved with "
    "them.": (
        "Metronom w twoim tempie (K). Podejście nagrane z nim zna swoje takty i można je z nimi "
        "zapisać."
    ),
    "A click to play to": "Metronom do gry",
    "A click, or none; tap its tempo": "Metronom albo nie; wystukaj jego tempo",
    "A guess from the notes": "Odgadnięte z nut",
    "Bars and tempo of the click it was played to": "Takty i tempo metronomu, z którym grano",
    "Bars of click before a take begins": "Takty metronomu przed początkiem podejścia",
    "Beats a bar": "Uderzeń w takcie",
    "Choose a MIDI out or turn the synth on (H): then the keys can be heard.": (
        "Wybierz wyjście MIDI albo włącz syntezator (H): wtedy klawisze zabrzmią."
    ),
    "Click": "Metronom",
    "Click level": "Poziom metronomu",
    "Click track": "Metronom",
    "Count-in": "Odliczanie",
    "Detected": "Odgadnięte",
    "Fixed": "Stałe",
    "Hear the notes on the built-in synth while you play (H). Use headphones: what "
    "loudspeakers play comes back through the microphone as new notes.": (
        "Słuchaj nut na wbudowanym syntezatorze, gdy grasz (H). Użyj słuchawek: to, co zagrają "
        "głośniki, wróci przez mikrofon jako nowe nuty."
    ),
    "Hear the notes on the synth": "Słuchaj nut na syntezatorze",
    "Hear the notes on the synth, or not": "Słuchaj nut na syntezatorze albo nie",
    "How long does sound take from the output to the microphone? Hold the microphone near the "
    "loudspeaker, or near the headphones, and turn them up. Five short bursts of noise are "
    "played; it takes about ten seconds. Meanwhile no notes are heard.": (
        "Jak długo dźwięk idzie z wyjścia do mikrofonu? Trzymaj mikrofon przy głośniku albo przy "
        "słuchawkach i pogłośnij je. Zabrzmi pięć krótkich szumów; potrwa to około dziesięciu "
        "sekund. W tym czasie nuty nie są rozpoznawane."
    ),
    "How long sound takes from the output back to the microphone, for exact beats": (
        "Jak długo dźwięk wraca z wyjścia do mikrofonu, dla dokładnych uderzeń"
    ),
    "How loud the click is, in decibels": "Jak głośny jest metronom, w decybelach",
    "How loud the synth is, in decibels": "Jak głośny jest syntezator, w decybelach",
    "Listening… Keep the room quiet and the microphone where it is.": (
        "Słucham… Zachowaj ciszę i nie ruszaj mikrofonu."
    ),
    "Measure": "Zmierz",
    "Measure again": "Zmierz ponownie",
    "Measure the audio loop": "Pomiar pętli dźwięku",
    "Measure the audio loop…": "Zmierz pętlę dźwięku…",
    "Measure the loop…": "Zmierz pętlę…",
    "Notes are still shown, sent and recorded. You can choose another output behind the "
    "headphones.": (
        "Nuty nadal widać, są wysyłane i nagrywane. Inne wyjście możesz wybrać pod słuchawkami."
    ),
    "Nothing is heard": "Nic nie słychać",
    "Of the click, in beats a minute": "Metronomu, w uderzeniach na minutę",
    "On": "Wł.",
    "Output": "Wyjście",
    "Synth level": "Poziom syntezatora",
    "Tap": "Stukaj",
    "Tap the tempo": "Wystukaj tempo",
    "Tap the tempo, a beat a tap (B)": "Wystukaj tempo, jedno uderzenie na raz (B)",
    "The first of them is higher": "Pierwsze z nich jest wyższe",
    "The synth is silent.": "Syntezator milczy.",
    "The tempo that you give": "Tempo, które podasz",
    "This take was not played to the click (K)": "Tego podejścia nie grano z metronomem (K)",
    "Wait until the take ends: with another tempo or metre it would forget its click.": (
        "Poczekaj na koniec podejścia: po zmianie tempa lub metrum nie znałoby już swojego "
        "metronomu."
    ),
    "What you hear": "Co słyszysz",
    "Where synth and click are heard": "Gdzie słychać syntezator i metronom",
    "You hear your notes on the synth. Use headphones, or it hears itself.": (
        "Słyszysz swoje nuty na syntezatorze. Użyj słuchawek, inaczej usłyszy sam siebie."
    ),
    "“{input}” hears “{output}” after {loop} ms.\n{heard} of {of} probes were heard, from "
    "{low} to {high} ms.\nIt is kept for these two devices: takes say it, and those "
    "recorded to the click lie on its beats.": (
        "„{input}” słyszy „{output}” po {loop} ms.\nUsłyszano {heard} z {of} próbek, od {low} do "
        "{high} ms.\nWynik jest zapisany dla tych dwóch urządzeń: podejścia go podają, a nagrane "
        "z metronomem leżą na jego uderzeniach."
    ),
    "in {beats}": "za {beats}",
    "something can be heard": "coś słychać",
}
"""English -> Polish."""
