"""The window's words in Polish."""

from gui.language.polish.engine import ENGINE_TEXTS
from gui.language.polish.instruments import INSTRUMENT_TEXTS
from gui.language.polish.live import LIVE_TEXTS
from gui.language.polish.settings import SETTING_TEXTS
from gui.language.polish.sound import SOUND_TEXTS
from gui.language.polish.takes import TAKE_TEXTS

PLURALS: dict[str, tuple[str, str, str]] = {
    "note": ("nuta", "nuty", "nut"),
    "version": ("wersja", "wersje", "wersji"),
    "more file": ("kolejny plik", "kolejne pliki", "kolejnych plików"),
    "semitone": ("półton", "półtony", "półtonów"),
    "key": ("klawisz", "klawisze", "klawiszy"),
}
"""English singular -> the forms for 1, for 2-4, for 5 and more."""

WINDOW_TEXTS: dict[str, str] = {
    " dB": " dB",
    " ms": " ms",
    "A good middle": "Złoty środek",
    "Added to the input before listening": "Dodawane do sygnału przed rozpoznaniem",
    "Audio lost so far, counted against the clock": "Dźwięk dotąd utracony, liczony z zegarem",
    "Back to microphone": "Wróć do mikrofonu",
    "Balanced": "Pośrednio",
    "C D E … B": "C D E … B",
    "C D E … H": "C D E … H",
    "Cancel": "Anuluj",
    "Channel": "Kanał",
    "Click to copy a report": "Kliknij, aby skopiować raport",
    "Click a key to send it to the MIDI out": "Kliknij klawisz, a trafi na wyjście MIDI",
    "Close": "Zamknij",
    "Close the message": "Zamknij komunikat",
    "Compact view": "Widok zwarty",
    "Compact view, always on top": "Widok zwarty, zawsze na wierzchu",
    "Ctrl": "Ctrl",
    "Dark": "Ciemny",
    "Do Re Mi": "Do Re Mi",
    "Every note is held at least this long": "Każda nuta trwa co najmniej tyle",
    "Drop it here": "Upuść tutaj",
    "Fast": "Szybko",
    "File: {name}": "Plik: {name}",
    "Gain": "Wzmocnienie",
    "I hear nothing yet": "Jeszcze nic nie słyszę",
    "Input": "Wejście",
    "Input level": "Poziom wejścia",
    "Input level, peak {peak}": "Poziom wejścia, szczyt {peak}",
    "Keyboard": "Klawiatura",
    "Keys": "Klawisze",
    "Language": "Język",
    "Left: only clear notes. Right: every whisper.": "W lewo: tylko pewne nuty. W prawo: szept.",
    "Level": "Poziom",
    "Light": "Jasny",
    "Like the language": "Jak w języku",
    "Like the system": "Jak w systemie",
    "Look again": "Sprawdź ponownie",
    "Look-ahead": "Wyprzedzenie",
    "Buffer: {frames} frames, {ms} ms": "Bufor w ramkach: {frames}, {ms} ms",
    "Estimate: {ms} ms for 95 of 100 notes, with the wait for the end of a step and its "
    "computing. Attacks that the model recognises late are not in it.": (
        "Szacunek: {ms} ms dla 95 na 100 nut, z czekaniem na koniec kroku i jego obliczeniem. Bez "
        "ataków, które model rozpoznaje późno."
    ),
    "{ahead} + {device} ms: look-ahead of the model + delay of the input = how long after the "
    "sound a note leaves": (
        "{ahead} + {device} ms: wyprzedzenie modelu + opóźnienie wejścia = ile po dźwięku "
        "wychodzi nuta"
    ),
    "95 of 100: {ms} ms": "95 na 100: {ms} ms",
    "buffer {frames}": "bufor {frames}",
    "delay {ms} ms": "opóźnienie {ms} ms",
    "MIDI activity": "Aktywność MIDI",
    "MIDI channel that notes are sent on": "Kanał MIDI, którym wychodzą nuty",
    "MIDI off": "MIDI wyłączone",
    "MIDI out": "Wyjście MIDI",
    "MIDI: {port}": "MIDI: {port}",
    "Menu": "Menu",
    "More settings": "Więcej ustawień",
    "Moves what is sent; the roll shows what is heard": (
        "Przesuwa to, co wychodzi; na ekranie widać to, co słychać"
    ),
    "Open or newest take to the trash": "Otwarte lub ostatnie podejście do kosza",
    "There is nothing to undo.": "Nie ma czego cofnąć.",
    "{name} is not in its folder any more.": "{name} nie ma już w folderze.",
    "No input": "Brak wejścia",
    "No input device": "Brak urządzenia wejściowego",
    "None": "Brak",
    "Note names": "Nazwy nut",
    "Notes": "Nuty",
    "Notes leave as early as possible; a few more mistakes": (
        "Nuty wychodzą najwcześniej, jak się da; trochę więcej błędów"
    ),
    "Opening the input…": "Otwieram wejście…",
    "Panic": "Cisza!",
    "Panic: silence every MIDI note at once": "Cisza! Ucisza od razu wszystkie nuty MIDI",
    "Piano roll": "Taśma nut",
    "Play again": "Zagraj jeszcze raz",
    "Play something": "Zagraj coś",
    "Play the demo, or go back to the microphone": "Zagraj demo albo wróć do mikrofonu",
    "Playing {name} through the whole chain.": "Gram przez cały tor: {name}.",
    "Plug in a microphone or an audio interface: listening starts by itself.": (
        "Podłącz mikrofon lub interfejs audio: słuchanie zacznie się samo."
    ),
    "Precise": "Dokładnie",
    "Progress": "Postęp",
    "Quit": "Zakończ",
    "Record": "Nagraj",
    "Record a take first": "Najpierw nagraj podejście",
    "Record a take, or stop and keep it": "Nagraj podejście albo zatrzymaj i zachowaj",
    "Save .mid…": "Zapisz .mid…",
    "Save as…": "Zapisz jako…",
    "Save the open or newest take as…": "Zapisz otwarte lub ostatnie podejście jako…",
    "Save the notes": "Zapisz nuty",
    "Save the take": "Zapisz podejście",
    "Save the take as…": "Zapisz podejście jako…",
    "Saved as {name}": "Zapisano jako {name}",
    "Saved {names}": "Zapisano {names}",
    "Send a test note": "Wyślij nutę próbną",
    "The keys beside the roll: choose one, hold it down": (
        "Klawisze obok nut: wybierz jeden i przytrzymaj"
    ),
    "Send a test note; so does a click on a key": (
        "Wyślij nutę próbną; klawisz wystarczy też kliknąć"
    ),
    "Sensitivity": "Czułość",
    "Shortest note": "Najkrótsza nuta",
    "Some audio was lost": "Część dźwięku przepadła",
    "Sound file to notes": "Plik dźwiękowy na nuty",
    "Sound file to notes…": "Plik dźwiękowy na nuty…",
    "Sound files": "Pliki dźwiękowe",
    "Sounding notes": "Brzmiące nuty",
    "Space": "Spacja",
    "Start again": "Uruchom ponownie",
    "Status": "Stan",
    "Stop recording": "Zatrzymaj nagrywanie",
    "System default": "Domyślne systemu",
    "The computer was too busy for a moment. Closing other programs helps.": (
        "Komputer był przez chwilę zbyt zajęty. Pomaga zamknięcie innych programów."
    ),
    "The engine has stopped": "Silnik się zatrzymał",
    "The input": "Wejście",
    "The input clips: turn the microphone down a little.": (
        "Sygnał jest przesterowany: trochę ścisz mikrofon."
    ),
    "The input device and its sample rate": "Urządzenie wejściowe i częstotliwość próbkowania",
    "The demo has ended": "Koniec pokazu",
    "The file has ended": "Koniec pliku",
    "There is nothing to record: no sound comes in. Choose an input, or play the demo.": (
        "Nie ma czego nagrywać: nie dochodzi żaden dźwięk. Wybierz wejście albo odtwórz pokaz."
    ),
    "The sound file becomes a .mid file.": "Z pliku dźwiękowego powstanie plik .mid.",
    "The sound file becomes a .mid file; the microphone keeps listening.": (
        "Z pliku dźwiękowego powstanie plik .mid; mikrofon słucha dalej."
    ),
    "The takes are in {folder}": "Podejścia są w {folder}",
    "The trained model that hears the notes": "Wytrenowany model, który słyszy nuty",
    "The transcriber stopped with code {code}.": "Transkrypcja zatrzymała się z kodem {code}.",
    "Theme": "Motyw",
    "There is no take yet: press R to record one.": "Nie ma jeszcze podejścia: naciśnij R.",
    "This sheet": "Ta ściągawka",
    "This takes a second or two.": "To potrwa sekundę lub dwie.",
    "Time to compute one step (95 of 100 take less than {p95} ms), and how much of a "
    "processor core it takes": (
        "Czas obliczenia jednego kroku (95 na 100 trwa krócej niż {p95} ms) "
        "i jaką część rdzenia procesora zajmuje"
    ),
    "Too loud": "Za głośno",
    "Transpose": "Transpozycja",
    "Try the demo": "Posłuchaj demo",
    "Turn a sound file into notes": "Zamień plik dźwiękowy na nuty",
    "Usual zoom": "Zwykłe powiększenie",
    "Virtual port": "Port wirtualny",
    "Virtual port (no MIDI system)": "Port wirtualny (brak systemu MIDI)",
    "Waits a little longer and makes the fewest mistakes": (
        "Czeka chwilę dłużej i myli się najrzadziej"
    ),
    "Wheel": "Kółko",
    "Your notes appear here while they sound. No instrument at hand? Try the demo.": (
        "Nuty pojawiają się tu, gdy brzmią. Nie masz instrumentu pod ręką? Posłuchaj demo."
    ),
    "Your takes are safe. Start it again, or choose another input.": (
        "Podejścia są bezpieczne. Uruchom ponownie albo wybierz inne wejście."
    ),
    "Zoom in, zoom out, usual view": "Przybliż, oddal, zwykły widok",
    "Zoom time; with Ctrl zoom pitch; with Shift move up and down": (
        "Powiększa czas; z Ctrl wysokość; z Shift przesuwa w górę i w dół"
    ),
    "clipping": "przesterowanie",
    "hop {hop} ms  CPU {load} %": "krok {hop} ms  CPU {load} %",
    "lost {ms} ms": "utracono {ms} ms",
    "no model": "brak modelu",
    "nothing lost": "nic nie utracono",
    "silence": "cisza",
    "{behind} ms behind": "{behind} ms spóźnienia",
    "the demo": "demo",
    "{name} (not plugged in)": "{name} (niepodłączone)",
    "{name} is in the trash.": "{name} jest w koszu.",
    "{name}, {length}.": "{name}, {length}.",
    "{name}: {count}": "{name}: {count}",
    "{path}\nClick to save a copy, or drag it into your music program.": (
        "{path}\nKliknij, aby zapisać kopię, albo przeciągnij do programu muzycznego."
    ),
    "{path} cannot be moved to the trash.": "Nie można przenieść {path} do kosza.",
    "“{name}” sends pure silence. Is it the right input, switched on and not muted?": (
        "„{name}” przesyła samą ciszę. Czy to właściwe wejście, włączone i niewyciszone?"
    ),
}
TEXTS = (
    WINDOW_TEXTS | INSTRUMENT_TEXTS | LIVE_TEXTS | SETTING_TEXTS | SOUND_TEXTS | TAKE_TEXTS
    | ENGINE_TEXTS
)  # fmt: skip
"""English -> Polish. A test keeps it complete."""
