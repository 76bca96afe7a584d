"""Files dropped on the window: they become takes, shown at once; takes heard anew."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from gui.jobs.job import FileJob
from gui.language.engine_messages import in_words
from gui.language.translate import plural, tr
from gui.notices.notice import Notice, drop_notice
from gui.takes.closing_questions import StopHearing
from gui.takes.copies import files_of
from gui.takes.trash import discard
from gui.window.pages.practice_navigation import is_piece
from realtime.files.sound_files import find_files, is_sound_file
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings

if TYPE_CHECKING:
    from gui.window.shell import Shell
    from realtime.takes.library import Take, TakeVersion


MOST_REFUSED = 3
"""Refused files of one drop that are named one by one; of more, only the number is told."""


class DroppedFiles(QObject):
    """Accepts files dragged onto the window and passes them on to the jobs.

    Args:
        window: whose drag and drop it takes over.
    """

    def __init__(self, window: "Shell") -> None:
        super().__init__(window.widget)
        self._window = window
        self.dragging = False
        """Whether something hangs over the window that could be dropped."""
        window.widget.setAcceptDrops(True)
        window.widget.installEventFilter(self)
        self._opened = False
        """Whether a file of those that are heard now was shown already."""
        self._failures: list[str] = []
        """Why files of those that are heard now gave no notes."""
        queue = window.jobs.queue
        queue.begun.connect(self._begun)
        queue.found.connect(self._found)
        queue.heard.connect(self._on_transcribed)
        queue.failed.connect(self._failed)
        queue.cancelled.connect(self._cancelled)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files, folders and links may come in; what cannot become notes is told."""
        if isinstance(event, QDragEnterEvent):
            if event.mimeData().hasUrls():
                event.acceptProposedAction()
                self.dragging = True
        elif event.type() == QEvent.Type.DragLeave:
            self.dragging = False
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.dragging = False
            event.acceptProposedAction()
            self._take_in(event.mimeData().urls())
        else:
            return False
        return True

    def notices(self, usual: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """What would become of a file that hangs over the window; `usual` without one."""
        if not self.dragging:
            return usual
        last, played = self._window.controller.last, self._window.controller.settings.input
        if last is not None and last.snapshot.state == "listening" and not is_sound_file(played):
            return (drop_notice(),)
        return (replace(drop_notice(), text=tr("The sound file becomes a take.")),)

    def transcribe(self, sound: Path) -> None:
        """Make a take of a sound file and hear its notes, with the settings of this moment."""
        controller = self._window.controller
        settings = controller.settings
        heard_with = EngineSettings(model=settings.model, **settings.note_settings())
        self._add(FileJob(sound, heard_with, takes=controller.takes_folder))

    def refine(self, take: "Take") -> None:
        """Hear a take's sound anew, with hindsight."""
        if take.sound is not None:
            settings = replace(self._window.controller.settings, latency_ms=None)
            self._add(FileJob(take.sound, settings, take=take))

    def may_close(self) -> bool:
        """Whether nothing is lost with the window: there is nothing, or the user has chosen."""
        unheard = self._window.jobs.queue.unheard
        return not unheard or bool(StopHearing(self._window.widget, unheard).exec())

    def _add(self, job: FileJob) -> None:
        queue = self._window.jobs.queue
        if not queue.unheard:
            self._opened, self._failures = False, []
        queue.add(job)

    def _take_in(self, urls: Sequence[QUrl]) -> None:
        """Hear what is a file, one after the other, and say why the rest is not."""
        refused = []
        for url in urls:
            path = Path(url.toLocalFile())
            if not url.isLocalFile():
                said = tr("{name} is a link: download the sound file, then drop it here.",
                          name=url.toDisplayString())  # fmt: skip
                refused.append(said)
            elif path.is_dir():
                inside = find_files([str(path)])
                for sound in inside:
                    self.transcribe(sound)
                if not inside:
                    refused.append(tr("There are no sound files in {name}.", name=path.name))
            elif is_piece(path):
                self._window.practice.open(str(path))
            else:
                self.transcribe(path)
        if refused:
            self._announce_refused(refused)

    def _begun(self, job: FileJob) -> None:
        """Show the first of the files at once, while its notes are heard; the others are listed.

        Whoever records, or edits a take, is not disturbed.
        """
        window = self._window
        assert job.new_take is not None
        last = window.controller.last
        records = last is not None and last.snapshot.recording
        page = window.takes_navigation.page_if_made
        edits = page is not None and window.shows_takes and page.view.roll.history.changed
        if not (self._opened or records or edits):
            self._opened = True
            window.toast.make_room()
            window.takes_navigation.open(_midi(job.new_take))
        elif page is not None:
            page.show_changed()

    def _found(self, job: FileJob) -> None:
        """Show the notes that were heard so far, where nobody edits them already."""
        window, csv = self._window, job.new_take
        page = window.takes_navigation.page_if_made
        if page is None or csv is None or not csv.is_file() or page.edits(csv.stem):
            return
        if self._give_notes(csv, job):
            page.show_more_notes(csv.stem)

    def _give_notes(self, csv: Path, job: FileJob) -> bool:
        """Whether the take has the notes of the job now; where not, why not is told."""
        from realtime.takes.importing import give_notes

        try:
            give_notes(csv, job.csv)
        except UserError as error:
            self._window.toast.show_text(in_words(error.trouble), "error")
            self._window.takes_navigation.enter_if_shown()
            return False
        return True

    def _on_transcribed(self, job: FileJob) -> None:
        """The notes of a file are there: they are those of a new take, or a version."""
        if job.take is not None:
            self._refined(job, job.take)
            return
        window, csv = self._window, job.new_take
        if csv is None or not csv.is_file():
            return  # the user has thrown the take away meanwhile
        if not self._give_notes(csv, job):
            return
        name = csv.stem
        if window.takes_navigation.page_if_made is not None:
            window.takes_navigation.page_if_made.show_more_notes(name)
        if job.silent:
            said = tr("{name} is silent: there is nothing to hear in it.", name=name)
        elif not job.notes:
            said = tr("{name}: nothing in it sounds like a note with your settings.", name=name)
        else:
            said = tr("{name}: {count}", name=name, count=plural(job.notes, "note", "notes"))
        if job.cut_off is not None:
            said = f"{said}\n{in_words(_by_name(job.cut_off, job))}"
        written = _midi(csv)
        offers = [
            (tr("Open"), lambda: window.takes_navigation.open(written)),
            (tr("Undo"), lambda: self._drop_take(written)),
        ]
        seen = self._is_open(name)
        window.toast.offer(
            said,
            *(offers[1:] if seen else offers),
            kind="info" if job.cut_off is None else "warning",
            goes=seen and bool(job.notes) and job.cut_off is None,
        )

    def _is_open(self, name: str) -> bool:
        """Whether the take of this name is before the user's eyes."""
        page = self._window.takes_navigation.page_if_made
        take = page.view.take if page is not None and self._window.shows_takes else None
        return take is not None and take.name == name

    def _failed(self, job: FileJob) -> None:
        """Why a file gives no notes; of several, all reasons. The next file does not wait."""
        assert job.error is not None
        if job.new_take is not None:
            self._drop_take(_midi(job.new_take), tell=False)
        self._failures.append(in_words(_by_name(job.error, job)))
        self._announce_refused(self._failures)

    def _cancelled(self, job: FileJob) -> None:
        """A file was not meant: its take goes to the trash, from where it can come back."""
        if job.new_take is not None:
            self._drop_take(_midi(job.new_take))

    def _drop_take(self, written: str, tell: bool = True) -> None:
        window = self._window
        try:
            gone = discard(files_of(written), Path(written).stem)
        except UserError as error:
            window.toast.show_text(in_words(error.trouble), "error")
            return
        if tell:
            window.wishes.trashed(gone)
        window.takes_navigation.enter_if_shown()

    def _refined(self, job: FileJob, take: "Take") -> None:
        """The notes become a version of their take, or a take of their own where it is gone."""
        from realtime.takes.library import keep_as_take

        window = self._window
        try:
            version = window.takes.refined(take, job.csv)
            if version is None:
                sound = job.sound if job.sound.is_file() else None
                name = keep_as_take(window.controller.takes_folder, sound, job.csv, take.name)
        except UserError as error:
            window.toast.show_text(in_words(error.trouble), "error")
            return
        if version is not None:
            self._announce_refined(take.name, version)
            return
        window.takes.show_changed()
        written = str(window.controller.takes_folder / f"{name}.mid")
        said = tr("{old} is gone: its refined notes are the take “{name}”.",
                  old=take.name, name=name)  # fmt: skip
        window.toast.offer(said, (tr("Open"), lambda: window.takes_navigation.open(written)))

    def _announce_refined(self, name: str, version: "TakeVersion") -> None:
        """Say so, with a way to see it where it is not in front."""
        window = self._window
        said = tr("{name}: refined as version {number}.", name=name, number=version.number)
        if window.shows_takes and window.takes.shown_version == version:
            window.toast.show_text(said)
        else:
            window.toast.offer(said, (tr("Show"), lambda: self._show(name, version)))

    def _show(self, name: str, version: "TakeVersion") -> None:
        if self._window.choices.compact:
            self._window.set_compact(False)
        self._window.takes_navigation.show(True)
        self._window.takes.show_version(name, version)

    def _announce_refused(self, reasons: list[str]) -> None:
        more = len(reasons) - MOST_REFUSED
        lines = reasons[:MOST_REFUSED]
        if more > 0:
            lines.append(tr("Not taken either: {count} more.", count=more))
        self._window.toast.show_text("\n".join(lines), "error")


def _by_name(trouble: Trouble, job: FileJob) -> Trouble:
    """The trouble with the file of the job called by its name, without the folders it lies in."""
    if str(trouble.values.get("path", "")) != str(job.sound):
        return trouble
    return Trouble(trouble.code, **{**trouble.values, "path": job.sound.name})


def _midi(csv: Path) -> str:
    """The .mid beside the notes of a take."""
    return str(csv.with_suffix(".mid"))
