"""The sentences of `realtime.troubles.TEXTS` in Polish."""

ENGINE_TEXTS: dict[str, str] = {
    "A sound or MIDI driver crashed while it was asked for its devices.": (
        "Sterownik dźwięku lub MIDI zawiódł przy pytaniu o urządzenia."
    ),
    "A sound or MIDI driver does not answer; unplug it or log in again.": (
        "Sterownik dźwięku lub MIDI nie odpowiada; odłącz urządzenie albo zaloguj się ponownie."
    ),
    "Cannot read model {path}: {reason}.": "Nie można odczytać modelu {path}: {reason}.",
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
    "A take of an interrupted session cannot be finished yet; what there is lies in {path}.": (
        "Podejścia z przerwanej sesji nie można jeszcze dokończyć; to, co jest, leży w {path}."
    ),
    "Nothing could be read of an interrupted session; what there is lies in {path}.": (
        "Nic nie dało się odczytać z przerwanej sesji; to, co jest, leży w {path}."
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
    "{path} is cut off: {there:.1f} s of {length:.1f} s are there.": (
        "{path} jest urwany: jest {there:.1f} s z {length:.1f} s."
    ),
    "{path} is a folder, not a sound file.": "{path} to folder, nie plik dźwiękowy.",
    "{path} is no longer there.": "{path} już nie istnieje.",
    "{path} is damaged after {second:.1f} s ({reason}).": (
        "{path} jest uszkodzony po {second:.1f} s ({reason})."
    ),
    "{path} is empty.": "{path} jest pusty.",
    "{path} is not a sound file that can be read ({reason}); use WAV, FLAC, OGG, MP3 or AIFF, "
    "which ffmpeg makes of most others.": (
        "{path} nie jest plikiem dźwiękowym, który da się odczytać ({reason}); "
        "użyj WAV, FLAC, OGG, MP3 lub AIFF, na które ffmpeg zamienia większość innych."
    ),
    "{path} has no channel {channel} to listen to, only {channels}.": (
        "{path} nie ma kanału {channel}, są tylko {channels}."
    ),
    "{text}": ("{text}"),
    "The transcriber stopped with code {code}.": ("Rozpoznawanie nut zakończyło się kodem {code}."),
    "Input '{name}' cannot be opened: this program may not use it.": (
        "Nie można otworzyć wejścia „{name}”: ten program nie ma do niego dostępu."
    ),
    "Input '{name}' was unplugged; waiting for it to come back.": (
        "Wejście „{name}” zostało odłączone; czekam, aż wróci."
    ),
    "Now listening to '{name}'.": ("Teraz słucham „{name}”."),
    "Now listening to '{name}' (what the computer plays).": (
        "Teraz słucham „{name}” (tego, co gra komputer)."
    ),
    "The sound server does not answer.": ("Serwer dźwięku nie odpowiada."),
    "The PortAudio library is missing; install it (Debian, Ubuntu: `apt install libportaudio2`).": (
        "Brak biblioteki PortAudio; zainstaluj ją (Debian, Ubuntu: `apt install libportaudio2`)."
    ),
    "{path} cannot be read: {reason}.": ("Nie można odczytać {path}: {reason}."),
    "MIDI is not available ({reason}).": ("MIDI jest niedostępne ({reason})."),
    "MIDI port '{name}' is gone.": ("Port MIDI „{name}” zniknął."),
    "The MIDI system went away; trying again.": ("System MIDI zniknął; próbuję połączyć ponownie."),
    "permission denied": ("brak uprawnień"),
    "no such file or folder": ("nie ma takiego pliku ani folderu"),
    "{name} cannot be renamed: {reason}.": ("Nie można zmienić nazwy {name}: {reason}."),
    "Model '{name}' cannot work at {wanted_ms:g} ms of look-ahead; choose one of {offered} ms "
    "with --latency-ms.": (
        "Model „{name}” nie może działać z wyprzedzeniem {wanted_ms:g} ms; wybierz jedno z "
        "{offered} ms opcją --latency-ms."
    ),
    "Model '{name}' has no look-ahead of {wanted_ms:g} ms; it listens with {used_ms:g} ms.": (
        "Model „{name}” nie ma wyprzedzenia {wanted_ms:g} ms; słucha z {used_ms:g} ms."
    ),
    "The bundled model {path} is not the one that was released: it was changed or damaged. "
    "Install the program again, or name a model of your own with --model.": (
        "Dołączony model {path} nie jest tym, który wydano: został zmieniony albo uszkodzony. "
        "Zainstaluj program ponownie albo wskaż własny model opcją --model."
    ),
    "Model {path} stopped working ({reason}).": ("Model {path} przestał działać ({reason})."),
    "ONNX Runtime cannot use {name} here (it offers {offered}); leave the choice out to use the "
    "CPU.": (
        "ONNX Runtime nie może tu użyć {name} (oferuje {offered}); bez tego wyboru użyje procesora."
    ),
    "Model {path} carries no self-test; export the model again.": (
        "Model {path} nie zawiera próby kontrolnej; wyeksportuj go ponownie."
    ),
    "The self-test in {path} is damaged; export the model again.": (
        "Próba kontrolna w {path} jest uszkodzona; wyeksportuj model ponownie."
    ),
    "Model {path} gives other numbers here than where it was made (logits differ by "
    "{worst:.2g}); export the model again or report it.": (
        "Model {path} daje tu inne liczby niż tam, gdzie powstał (logity różnią się o "
        "{worst:.2g}); wyeksportuj go ponownie albo zgłoś to."
    ),
    "it has {megabytes} MB; at most {most} MB are accepted.": (
        "ma {megabytes} MB; dozwolone jest najwyżej {most} MB."
    ),
    "it is an ONNX file but not one of Jaka to Melodia; make one with `jtm export`.": (
        "to plik ONNX, ale nie od Jaka to Melodia; utwórz go poleceniem `jtm export`."
    ),
    "The model file has format version {version}, this program reads {ours}; update the program "
    "or export the model again.": (
        "Plik modelu ma wersję formatu {version}, a ten program czyta {ours}; zaktualizuj "
        "program albo wyeksportuj model ponownie."
    ),
    "The model's specification cannot be read ({reason}); export the model again.": (
        "Nie można odczytać specyfikacji modelu ({reason}); wyeksportuj go ponownie."
    ),
    "The model wants {rate} Hz and hops of {hop} samples, which is out of range (8000-48000 Hz, "
    "16-4096 samples).": (
        "Model wymaga {rate} Hz i kroków po {hop} próbek, co jest poza zakresem (8000-48000 Hz, "
        "16-4096 próbek)."
    ),
    "The model's pitch range lies outside MIDI 0-127.": (
        "Zakres dźwięków modelu wykracza poza MIDI 0-127."
    ),
    "The model declares no usable look-ahead.": (
        "Model nie podaje żadnego użytecznego wyprzedzenia."
    ),
    "The model declares a look-ahead outside 0-200 frames.": (
        "Model podaje wyprzedzenie spoza 0-200 ramek."
    ),
    "The model's spectrum has an absurd count of rows a semitone.": (
        "Widmo modelu ma niedorzeczną liczbę wierszy na półton."
    ),
    "The model's instruments are not up to 128 names.": (
        "Lista instrumentów modelu nie jest listą do 128 nazw."
    ),
    "it keeps data in other files.": ("trzyma dane w innych plikach."),
    "it needs foreign operators ({names}).": ("wymaga obcych operatorów ({names})."),
    "its carried state has an absurd size.": ("jego stan ma niedorzeczny rozmiar."),
    "the runtime refuses it ({reason}).": ("środowisko uruchomieniowe go odrzuca ({reason})."),
    "it does not run ({reason}).": ("nie działa ({reason})."),
    "it asks for too much memory": ("żąda zbyt wiele pamięci"),
    "a hop takes longer than {seconds:g} s": ("krok trwa dłużej niż {seconds:g} s"),
    "'{name}' is missing among its inputs and outputs.": (
        "wśród jego wejść i wyjść brakuje „{name}”."
    ),
    "'{name}' is {found}, not {wanted}.": ("„{name}” to {found}, a nie {wanted}."),
    "it has an unknown input '{name}'.": ("ma nieznane wejście „{name}”."),
    "Takes cannot be written to {asked} ({reason}); the take goes on in {folder}.": (
        "Nie można zapisywać podejść w {asked} ({reason}); podejście jest dalej zapisywane w "
        "{folder}."
    ),
    "{path} is not whole: {seconds:.1f} s of sound and {notes} notes could not be written.": (
        "{path} nie jest cały: nie udało się zapisać {seconds:.1f} s dźwięku, a nut: {notes}."
    ),
    "The take is lost: neither {folder} nor another folder could be written ({reason}).": (
        "Podejście przepadło: nie dało się zapisać ani w {folder}, ani w innym folderze ({reason})."
    ),
    "The take is not finished ({reason}). Its sound (audio-*.flac) and notes (events.jsonl) lie "
    "in {path}; the next start finishes it.": (
        "Podejście nie jest dokończone ({reason}). Jego dźwięk (audio-*.flac) i nuty "
        "(events.jsonl) leżą w {path}; dokończy je następne uruchomienie."
    ),
    "The take is not finished ({reason}). Its sound (audio-*.flac) and notes (events.jsonl), but "
    "for the last {seconds:.0f} s, lie in {path}; the next start finishes it.": (
        "Podejście nie jest dokończone ({reason}). Jego dźwięk (audio-*.flac) i nuty "
        "(events.jsonl), oprócz ostatnich {seconds:.0f} s, leżą w {path}; dokończy je następne "
        "uruchomienie."
    ),
    "its end was not waited for": ("nie zaczekano na koniec"),
    "No model or instrument is called '{name}' ({taught}); name a file, or teach it with `jtm "
    "teach`.": (
        "Nie ma modelu ani instrumentu o nazwie „{name}” ({taught}); wskaż plik albo naucz go "
        "poleceniem `jtm teach`."
    ),
    "taught are {names}": ("nauczone: {names}"),
    "none has been taught": ("żadnego nie nauczono"),
    "Model {path} cannot be taught: it does not give the features that its head reads; export it "
    "again with this version.": (
        "Modelu {path} nie można uczyć: nie podaje cech, które czyta jego głowica; wyeksportuj "
        "go ponownie tą wersją."
    ),
    "Cannot use {path}: {reason}": ("Nie można użyć {path}: {reason}"),
    "Cannot use {path}: {reason} Teach it again with `jtm teach`.": (
        "Nie można użyć {path}: {reason} Naucz go ponownie poleceniem `jtm teach`."
    ),
    "The instrument '{name}' ({path}) was taught to another model than this program's, which is "
    "not here; put that model beside it, or teach it again with `jtm teach`.": (
        "Instrumentu „{name}” ({path}) nauczono na innym modelu niż model tego programu, a "
        "tamtego tu nie ma; umieść go obok albo naucz instrument ponownie poleceniem `jtm teach`."
    ),
    "An instrument cannot be called '{name}': use up to 60 letters, digits, spaces and hyphens, "
    "beginning with a letter or digit.": (
        "Instrument nie może się nazywać „{name}”: użyj do 60 liter, cyfr, odstępów i łączników, "
        "zaczynając od litery lub cyfry."
    ),
    "The file is not a taught instrument, or it is damaged ({reason}); teach it again with `jtm "
    "teach`.": (
        "Plik nie jest nauczonym instrumentem albo jest uszkodzony ({reason}); naucz go ponownie "
        "poleceniem `jtm teach`."
    ),
    "The instrument's file has version {version}, this program reads {ours}; update the program "
    "or teach it again.": (
        "Plik instrumentu ma wersję {version}, a ten program czyta {ours}; zaktualizuj program "
        "albo naucz go ponownie."
    ),
    "The head of '{name}' does not fit the model '{model}'.": (
        "Głowica instrumentu „{name}” nie pasuje do modelu „{model}”."
    ),
    "The model holds no weights '{name}' of that shape.": (
        "Model nie ma wag „{name}” o takim kształcie."
    ),
    "it gives features for other programs and no notes; export a run of `jtm train` without "
    "--features.": (
        "podaje cechy dla innych programów, a nie nuty; wyeksportuj wynik `jtm train` bez "
        "--features."
    ),
    "The model's head has an absurd size.": ("Głowica modelu ma niedorzeczny rozmiar."),
}
"""English template -> Polish template, with the same names in braces."""
