"""The words of the live view, its troubles and its menu in Polish."""

LIVE_TEXTS: dict[str, str] = {
    "A driver is in trouble": "Sterownik ma kłopot",
    "A part of the program is missing": "Brakuje części programu",
    "A take is not whole": "Podejście nie jest całe",
    "Also: {titles}.": "Poza tym: {titles}.",
    "Another input": "Inne wejście",
    "Another look-ahead": "Inne wyprzedzenie",
    "Something went wrong": "Coś się nie udało",
    "The audio loop is not measured": "Pętla dźwięku nie jest zmierzona",
    "The file cannot be used": "Nie można użyć pliku",
    "The take keeps its name": "Podejście zachowuje nazwę",
    "A report is on the clipboard: paste it where you ask for help.": (
        "Raport jest w schowku: wklej go tam, gdzie prosisz o pomoc."
    ),
    "A short break": "Krótka przerwa",
    "A take was rescued": "Podejście uratowane",
    "Allow it in Settings, Privacy & security, Microphone.": (
        "Zezwól na to w Ustawieniach: Prywatność i zabezpieczenia, Mikrofon."
    ),
    "Allow it in System Settings, Privacy & Security, Microphone.": (
        "Zezwól na to w Ustawieniach systemowych: Prywatność i ochrona, Mikrofon."
    ),
    "Another program may hold it, or your user may not use sound devices (group audio).": (
        "Może zajmuje go inny program albo twoje konto nie ma prawa do dźwięku (grupa audio)."
    ),
    "Any": "Dowolny",
    "Back to now": "Wróć do teraz",
    "Copy a report": "Skopiuj raport",
    "Copy a report for the developers": "Skopiuj raport dla autorów",
    "Every sounding note was ended; a take goes on as a new one. Just play on.": (
        "Brzmiące nuty zostały zakończone, podejście trwa jako nowe. Po prostu graj dalej."
    ),
    "Follow the newest notes again (End)": "Znów śledź najnowsze nuty (End)",
    "To hear what this Mac plays, install a virtual loopback device such as BlackHole or "
    "Loopback, let the sound go there, look again and choose it as input.": (
        "Żeby słyszeć to, co gra ten Mac, zainstaluj wirtualne urządzenie pętli, takie jak "
        "BlackHole albo Loopback, skieruj na nie dźwięk, sprawdź ponownie i wybierz je "
        "jako wejście."
    ),
    "What this Mac plays": "Co gra ten Mac",
    "What this Mac plays…": "Co gra ten Mac…",
    "It is among your takes.": "Jest wśród twoich podejść.",
    "Keys shown": "Widoczne klawisze",
    "Listening starts by itself once it answers; or choose another input.": (
        "Słuchanie zacznie się samo, gdy odpowie; możesz też wybrać inne wejście."
    ),
    "Look back, higher, lower; End or C follows again": (
        "Zobacz wcześniejsze, wyższe, niższe; End lub C znów śledzi"
    ),
    "MIDI is muted (M)": "MIDI wyciszone (M)",
    "MIDI is muted: nothing is sent until you press M again.": (
        "MIDI wyciszone: nic nie wychodzi, dopóki nie naciśniesz M ponownie."
    ),
    "MIDI is sent again.": "MIDI znów wychodzi.",
    "Mute MIDI": "Wycisz MIDI",
    "Usual view": "Zwykły widok",
    "Takes folder": "Folder podejść",
    "Takes folder…": "Folder podejść…",
    "Takes go to {folder} from now on.": "Podejścia trafiają teraz do {folder}.",
    "Nothing may be written to {folder}.": "W {folder} nie wolno niczego zapisać.",
    "Exported model": "Wyeksportowany model",
    "Exported models": "Wyeksportowane modele",
    "{reason} The bundled model listens instead.": "{reason} Zamiast niego słucha wbudowany model.",
    "The bundled one": "Wbudowany",
    "Model": "Model",
    "Choose a file…": "Wybierz plik…",
    "While you play": "Podczas gry",
    "At any time": "Zawsze",
    "A take": "Podejście",
    "The list of takes": "Lista podejść",
    "Open the take": "Otwórz podejście",
    "Rename the take": "Zmień nazwę podejścia",
    "Move the take to the trash": "Podejście do kosza",
    "Double click": "Dwukrotne kliknięcie",
    "click": "klik",
    "A new note where there is none": "Nowa nuta tam, gdzie jej nie ma",
    "Choose one more note, or one fewer": "Wybierz o jedną nutę więcej lub mniej",
    "The tempo that the file says; bars and grid follow it": (
        "Tempo zapisane w pliku; od niego zależą takty i siatka"
    ),
    "How far notes move to the grid: 0 % stay, 100 % lie on it": (
        "Jak bardzo nuty zbliżają się do siatki: 0 % zostają, 100 % leżą na niej"
    ),
    "MIDI is quiet while a take plays": "MIDI milczy, gdy gra podejście",
    "Mute MIDI, or send it again": "Wycisz MIDI albo wysyłaj je znowu",
    "No MIDI leaves": "MIDI nie wychodzi",
    "No MIDI while a take plays": "Bez MIDI, gdy gra podejście",
    "Notes are still shown and recorded. You can choose another MIDI out.": (
        "Nuty nadal widać i są nagrywane. Możesz wybrać inne wyjście MIDI."
    ),
    "Spectrogram": "Spektrogram",
    "The MIDI port is gone": "Port MIDI zniknął",
    "The computer is too slow just now": "Komputer teraz nie nadąża",
    "The input is away": "Wejście nie odpowiada",
    "The input is gone": "Wejście zniknęło",
    "The microphone may not be used": "Nie wolno użyć mikrofonu",
    "The model was refused": "Model został odrzucony",
    "The take goes on: what is missing becomes silence.": (
        "Podejście trwa: czego brakuje, będzie ciszą."
    ),
    "The take is not on disk yet": "Podejścia nie ma jeszcze na dysku",
    "The take goes on in another folder": "Podejście trwa dalej w innym folderze",
    "Those that are played": "Te, które grają",
    "To stay in time, sound that came too late is recorded but not listened to. "
    "Closing other programs helps.": (
        "Żeby nie było opóźnień, spóźniony dźwięk jest nagrywany, ale nie rozpoznawany. "
        "Pomaga zamknięcie innych programów."
    ),
    "Use the bundled model": "Użyj wbudowanego modelu",
    "What the model sees, behind the notes": "Co widzi model, za nutami",
    "something is not as usual": "coś jest inaczej niż zwykle",
}
"""English -> Polish."""
