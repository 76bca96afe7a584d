"""The engine's messages in Polish. A test compares the English with what the engine really says."""

ENGINE_TEXTS: dict[str, str] = {
    "A sound or MIDI driver crashed while it was asked for its devices.": (
        "Sterownik dźwięku lub MIDI zawiódł przy pytaniu o urządzenia."
    ),
    "A sound or MIDI driver does not answer; unplug it or log in again.": (
        "Sterownik dźwięku lub MIDI nie odpowiada; odłącz urządzenie albo zaloguj się ponownie."
    ),
    "Cannot read model {path}: {reason}.": "Nie można odczytać modelu {path}: {reason}.",
    "Cannot use model {path}: it keeps data in other files.": (
        "Nie można użyć modelu {path}: trzyma dane w innych plikach."
    ),
    "Cannot use model {path}: {reason}": "Nie można użyć modelu {path}: {reason}",
    "Cannot write {path}: {reason}. Choose another folder or free some space.": (
        "Nie można zapisać {path}: {reason}. Wybierz inny folder albo zwolnij miejsce."
    ),
    "Input '{name}' cannot be opened ({reason}).": (
        "Nie można otworzyć wejścia „{name}” ({reason})."
    ),
    "Input '{name}' does not answer.": "Wejście „{name}” nie odpowiada.",
    "Input '{name}' stopped giving sound; trying again.": (
        "Wejście „{name}” przestało podawać dźwięk; próbuję ponownie."
    ),
    "MIDI port '{name}' cannot be opened ({reason}).": (
        "Nie można otworzyć portu MIDI „{name}” ({reason})."
    ),
    "MIDI port '{name}' does not answer; try again.": (
        "Port MIDI „{name}” nie odpowiada; spróbuj jeszcze raz."
    ),
    "MIDI port '{name}' was lost; trying again.": (
        "Port MIDI „{name}” zniknął; próbuję połączyć ponownie."
    ),
    "No MIDI port named '{name}'. Run `jtm devices` to see the list.": (
        "Nie ma portu MIDI „{name}”. Listę pokaże `jtm devices`."
    ),
    "No MIDI system to make a virtual port in: start JACK, or load the "
    "snd-seq kernel module for ALSA.": (
        "Brak systemu MIDI, w którym mógłby powstać port wirtualny: uruchom JACK "
        "albo załaduj moduł jądra snd-seq (ALSA)."
    ),
    "No microphone or other sound input is plugged in.": (
        "Nie podłączono mikrofonu ani innego wejścia dźwięku."
    ),
    "No sound input named '{name}'. Run `jtm devices` to see the list.": (
        "Nie ma wejścia „{name}”. Listę pokaże `jtm devices`."
    ),
    "No such sound file: {path}.": "Nie ma takiego pliku dźwiękowego: {path}.",
    "No loudspeaker or other sound output is plugged in.": (
        "Nie podłączono głośnika, słuchawek ani innego wyjścia dźwięku."
    ),
    "No sound output named '{name}'. Run `jtm devices` to see the list.": (
        "Nie ma wyjścia dźwięku „{name}”. Listę pokaże `jtm devices`."
    ),
    "Output '{name}' cannot be opened ({reason}).": (
        "Nie można otworzyć wyjścia „{name}” ({reason})."
    ),
    "Output '{name}' takes no more sound; trying again.": (
        "Wyjście „{name}” nie przyjmuje dźwięku; próbuję ponownie."
    ),
    "Output '{name}' was lost; trying again.": (
        "Wyjście „{name}” zniknęło; próbuję połączyć ponownie."
    ),
    "Choose a microphone first: a file hears nothing.": (
        "Najpierw wybierz mikrofon: plik niczego nie słyszy."
    ),
    "End the take first: the measurement plays noise.": (
        "Najpierw zakończ podejście: pomiar gra szum."
    ),
    "The measurements do not agree; close other programs and try again.": (
        "Pomiary się nie zgadzają; zamknij inne programy i spróbuj ponownie."
    ),
    "The probe was not heard. Turn the loudspeaker up, or move the microphone closer.": (
        "Nie słychać próbki. Pogłośnij głośnik albo przysuń mikrofon."
    ),
    "The sound output does not answer.": "Wyjście dźwięku nie odpowiada.",
    "The sound output cannot be started ({reason}).": (
        "Nie można uruchomić wyjścia dźwięku ({reason})."
    ),
    "Recovered a take of an interrupted session: {path}.": (
        "Odzyskano podejście z przerwanej sesji: {path}."
    ),
    "Recovered {count} takes of an interrupted session, the newest: {path}.": (
        "Odzyskano podejścia z przerwanej sesji ({count}), najnowsze: {path}."
    ),
    "Takes cannot be written to {folder} ({reason}); the take is kept in memory. "
    "Free some space or choose another folder.": (
        "Nie można zapisywać podejść w {folder} ({reason}); podejście zostaje w pamięci. "
        "Zwolnij miejsce albo wybierz inny folder."
    ),
    "Takes cannot be written to {folder} ({reason}); the take goes on in {other}.": (
        "Nie można zapisywać podejść w {folder} ({reason}); podejście trwa dalej w {other}."
    ),
    "A take of an interrupted session cannot be finished yet; what there is lies in {path}.": (
        "Podejścia z przerwanej sesji nie można jeszcze dokończyć; to, co jest, leży w {path}."
    ),
    "Nothing could be read of an interrupted session; what there is lies in {path}.": (
        "Nic nie dało się odczytać z przerwanej sesji; to, co jest, leży w {path}."
    ),
    "{path} is not whole: {seconds} s of sound and {notes} notes could not be written.": (
        "{path} nie jest całe: nie udało się zapisać {seconds} s dźwięku i {notes} nut."
    ),
    "The sound server left '{name}' for what the computer plays; going back.": (
        "Serwer dźwięku zostawił „{name}” dla tego, co gra komputer; wracamy."
    ),
    "The engine crashed and was restarted.": "Silnik się zawiesił i został uruchomiony ponownie.",
    "The engine crashed several times; choose another input, MIDI port or model.": (
        "Silnik zawiesił się kilka razy; wybierz inne wejście, port MIDI lub model."
    ),
    "The file is an ONNX model but not one of Jaka to Melodia.": (
        "Plik jest modelem ONNX, ale nie od Jaka to Melodia."
    ),
    "The file is not an ONNX model, or it is damaged.": (
        "Plik nie jest modelem ONNX albo jest uszkodzony."
    ),
    "There is already a {name}. Choose another name.": "Jest już {name}. Wybierz inną nazwę.",
    "A take cannot be called '{name}'. Choose letters, digits and spaces.": (
        "Podejście nie może się nazywać „{name}”. Użyj liter, cyfr i odstępów."
    ),
    "The sound system cannot be started ({reason}).": (
        "Nie można uruchomić systemu dźwięku ({reason})."
    ),
    "Waiting for input '{name}'.": "Czekam na wejście „{name}”.",
    "Windows keeps the name '{name}' for itself. Choose another name.": (
        "Windows rezerwuje nazwę „{name}” dla siebie. Wybierz inną."
    ),
    "Windows has no virtual MIDI ports; install loopMIDI, make a port there and choose it.": (
        "Windows nie ma wirtualnych portów MIDI; zainstaluj loopMIDI, utwórz tam port i wybierz go."
    ),
    "it is too short or damaged": "jest za krótki albo uszkodzony",
    "the disk is full": "dysk jest pełny",
    "{path} holds no sound ({frames} frames at {rate} Hz).": (
        "{path} nie zawiera dźwięku ({frames} próbek, {rate} Hz)."
    ),
    "{path} is cut off: {there} s of {length} s are there.": (
        "{path} jest urwany: jest {there} s z {length} s."
    ),
    "{path} is a folder, not a sound file.": "{path} to folder, nie plik dźwiękowy.",
    "{path} is no longer there.": "{path} już nie istnieje.",
    "{path} is damaged after {second} s ({reason}).": (
        "{path} jest uszkodzony po {second} s ({reason})."
    ),
    "{path} is empty.": "{path} jest pusty.",
    "{path} is not a sound file that can be read ({reason}); use WAV, FLAC, OGG, MP3 or AIFF.": (
        "{path} nie jest czytelnym plikiem dźwiękowym ({reason}); "
        "użyj WAV, FLAC, OGG, MP3 lub AIFF."
    ),
}
"""English template -> Polish template, with the same names in braces."""
