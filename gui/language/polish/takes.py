"""The words of the page of takes in Polish."""

TAKE_TEXTS: dict[str, str] = {
    " beats a minute": " uderzeń na minutę",
    "A table of notes with times in seconds": "Tabela nut z czasami w sekundach",
    "Back to the list": "Wróć do listy",
    "Balance of synth and recording": "Proporcja syntezatora i nagrania",
    "Both": "Oba",
    "Bring what is heard to the middle": "Ustaw to, co słychać, na środku",
    "Bring back from the trash": "Przywróć z kosza",
    "Bring back what went to the trash": "Przywróć to, co trafiło do kosza",
    "Choose a take to see it.": "Wybierz podejście, żeby je zobaczyć.",
    "Choose the note before or after; with Shift one more": (
        "Wybierz poprzednią lub następną nutę; z Shift o jedną więcej"
    ),
    "Move the view, whatever is chosen": "Przesuń widok, cokolwiek jest wybrane",
    "Show fewer or more pitches": "Pokaż mniej lub więcej wysokości",
    "Playback goes to the chosen note, or to the middle of the view": (
        "Odtwarzanie przechodzi do wybranej nuty albo na środek widoku"
    ),
    "A new note where playback is, of the chosen pitch": (
        "Nowa nuta w miejscu odtwarzania, o wybranej wysokości"
    ),
    "{start} to {end} of {whole}": "od {start} do {end} z {whole}",
    "Copied: {count}": "Skopiowano: {count}",
    "Copy the chosen notes, or all, as a table": "Skopiuj wybrane nuty albo wszystkie jako tabelę",
    "Del": "Del",
    "Delete the chosen notes": "Usuń wybrane nuty",
    "Delete, merge, choose all": "Usuń, połącz, wybierz wszystkie",
    "Edits of {name} kept as version {number}.": "Zmiany w {name} zachowane jako wersja {number}.",
    "For music programs": "Dla programów muzycznych",
    "For notation programs, rounded to sixteenths": "Dla programów nutowych, co do szesnastek",
    "Format": "Format",
    "Grid": "Siatka",
    "Keep as a take": "Zachowaj jako podejście",
    "Keep": "Zachowaj",
    "Keep edits": "Zachowaj zmiany",
    "Edits are not kept": "Zmiany nie są zachowane",
    "Lose the edits": "Porzuć zmiany",
    "Notes are not kept": "Nuty nie są zachowane",
    "Files are still being heard": "Pliki są jeszcze słuchane",
    "Notes that are not kept yet: {names}.": "Nuty jeszcze niezachowane: {names}.",
    "Still being heard; closing stops that: {names}.": (
        "Jeszcze słuchane; zamknięcie to przerwie: {names}."
    ),
    "Keep as takes": "Zachowaj jako podejścia",
    "Discard": "Porzuć",
    "Discard them": "Porzuć je",
    "Close anyway": "Zamknij mimo to",
    "Choose a folder…": "Wybierz folder…",
    "A take is only in memory: {folder} cannot be written. Closing now writes it to {rescue} if "
    "that is possible; otherwise it is lost.": (
        "Podejście jest tylko w pamięci: nie można pisać do {folder}. Zamknięcie teraz zapisze je "
        "w {rescue}, jeśli to możliwe; w przeciwnym razie przepadnie."
    ),
    " or ": " albo ",
    "Show": "Pokaż",
    "Stay": "Zostań",
    "The edits of {name} are not kept yet. {reason}": (
        "Zmiany w {name} nie są jeszcze zachowane. {reason}"
    ),
    "The edits of {name} cannot be written. Stay to free some space or to save them "
    "somewhere else; or lose them.": (
        "Nie można zapisać zmian w {name}. Zostań, żeby zwolnić miejsce albo zapisać je gdzie "
        "indziej, albo je porzuć."
    ),
    "Listening to {name} again…": "Słucham jeszcze raz: {name}…",
    "Listening to {name} with hindsight, with your settings…": (
        "Słucham: {name}, od razu z dopracowaniem i według twoich ustawień…"
    ),
    "(then {files})": "(potem {files})",
    "There is already a {name}: replace it, or choose another name": (
        "Jest już {name}: zastąp go albo wybierz inną nazwę"
    ),
    "{name} is a folder: drop the sound files in it.": (
        "{name} to folder: upuść pliki dźwiękowe, które w nim są."
    ),
    "{name} is a link: download the sound file, then drop it here.": (
        "{name} to odnośnik: pobierz plik dźwiękowy i dopiero wtedy go tu upuść."
    ),
    "Not taken either: {count} more.": "Nie przyjęto też innych: {count}.",
    "The notes of {name} are discarded.": "Nuty z pliku {name} są porzucone.",
    "{name} is silent: there is nothing to hear in it.": (
        "Plik {name} jest cichy: nic w nim nie słychać."
    ),
    "{name}: nothing in it sounds like a note with your settings.": (
        "{name}: przy twoich ustawieniach nic w nim nie brzmi jak nuta."
    ),
    "{name} is gone: its refined notes can be kept as a take.": (
        "Nie ma już {name}: dopracowane nuty można zachować jako podejście."
    ),
    "Left: mostly the synth. Right: mostly the recording.": (
        "W lewo: głównie syntezator. W prawo: głównie nagranie."
    ),
    "Length and velocity of the chosen notes": "Długość i dynamika wybranych nut",
    "Listen to the recording again with the longest look-ahead; gives a new version": (
        "Posłuchaj nagrania jeszcze raz z najdłuższym wyprzedzeniem; powstanie nowa wersja"
    ),
    "MIDI, CSV or MusicXML, with tempo and grid (Ctrl+S)": (
        "MIDI, CSV lub MusicXML, z tempem i siatką (Ctrl+S)"
    ),
    "Move this version to the trash; what was played and the other versions stay": (
        "Przenieś tę wersję do kosza; to, co zagrano, i inne wersje zostają"
    ),
    "Merge chosen notes of one pitch": "Połącz wybrane nuty tej samej wysokości",
    "Move notes to a grid": "Przesuń nuty do siatki",
    "Move the chosen notes; without any, move the view": (
        "Przesuń wybrane nuty; bez wybranych przesuń widok"
    ),
    "Move the take to the trash": "Przenieś podejście do kosza",
    "Keep the sound of takes": "Zachowuj dźwięk podejść",
    "No takes yet. Press R, play, press R again.": (
        "Nie ma jeszcze podejść. Naciśnij R, zagraj, naciśnij R jeszcze raz."
    ),
    "Notes of the take": "Nuty podejścia",
    "No instrument": "Bez instrumentu",
    "The sound output takes no more sound. Press play to try again.": (
        "Wyjście dźwięku nie przyjmuje już dźwięku. Naciśnij odtwarzanie, aby spróbować ponownie."
    ),
    "Nothing can be heard: there is no sound output. Plug one in and press play again.": (
        "Nic nie słychać: nie ma wyjścia dźwięku. Podłącz je i odtwórz jeszcze raz."
    ),
    "Off": "Wył.",
    "Only the notes": "Tylko nuty",
    "Only what was recorded": "Tylko to, co nagrano",
    "Open the folder": "Otwórz folder",
    "Overview of the take": "Przegląd podejścia",
    "Pause": "Pauza",
    "Play": "Odtwórz",
    "Play the take from its start": "Odtwórz podejście od początku",
    "Play the take, or pause": "Odtwórz podejście albo zatrzymaj",
    "Raw timing": "Surowy czas",
    "Record a take": "Nagraj podejście",
    "Recording": "Nagranie",
    "Redo": "Ponów",
    "Refine": "Dopracuj",
    "Rename": "Zmień nazwę",
    "Repeat the chosen notes, or the whole take": "Powtarzaj wybrane nuty albo całe podejście",
    "Save the edits as a new version; what was played stays": (
        "Zapisz zmiany jako nową wersję; to, co zagrano, zostaje"
    ),
    "Save…": "Zapisz…",
    "Strength": "Siła",
    "Synth": "Syntezator",
    "Takes": "Podejścia",
    "Tempo": "Tempo",
    "The notes file is damaged: {path}": "Plik z nutami jest uszkodzony: {path}",
    "The notes file is damaged in line {line}: {path}": (
        "Plik z nutami jest uszkodzony w wierszu {line}: {path}"
    ),
    "The recording of this take cannot be read.": "Nie można odczytać nagrania tego podejścia.",
    "This take holds notes only: the synth plays them.": (
        "To podejście zawiera same nuty: zagra je syntezator."
    ),
    "This take holds notes only: without a recording there is nothing to listen to again. "
    "Choose “Keep the sound of takes” in the menu before you record.": (
        "To podejście zawiera same nuty: bez nagrania nie ma czego posłuchać jeszcze raz. "
        "Przed nagraniem wybierz w menu „Zachowuj dźwięk podejść”."
    ),
    "The synth and the recording together": "Syntezator i nagranie razem",
    "The take keeps its raw timing; only the saved file is changed.": (
        "Podejście zachowuje surowy czas; zmienia się tylko zapisywany plik."
    ),
    "There is already another {name}.": "Jest już inny plik {name}.",
    "To see, hear and edit it among your takes": (
        "Żeby zobaczyć, usłyszeć i poprawić je wśród podejść"
    ),
    "Undo": "Cofnij",
    "Undo, redo": "Cofnij, ponów",
    "Velocity of the chosen notes": "Dynamika wybranych nut",
    "Version": "Wersja",
    "Version to the trash": "Wersja do kosza",
    "What is heard": "Co słychać",
    "Your takes: see, hear and edit them": "Podejścia: oglądaj, słuchaj, poprawiaj",
    "as played": "jak zagrano",
    "edited": "poprawiona",
    "notes only": "same nuty",
    "refined": "dopracowana",
    "today {time}": "dziś {time}",
    "velocity ": "dynamika ",
    "yesterday {time}": "wczoraj {time}",
    "{count} chosen": "wybrano: {count}",
    "{name} at {at}, {length} s long, velocity {velocity}": (
        "{name} w {at}, długość {length} s, dynamika {velocity}"
    ),
    "{name} is back.": "{name}: przywrócono.",
    "{name} is no longer in the trash.": "{name}: już nie ma w koszu.",
    "{name}: refined as version {number}.": "{name}: dopracowano jako wersję {number}.",
    "{path} cannot be read: {reason}.": "Nie można odczytać {path}: {reason}.",
}
"""English -> Polish."""
