"""One clip from start to end: chosen, performed, played, mixed, levelled, labelled."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trainer.render.ensembles import (
    SETTINGS,
    Chair,
    choose_timbre,
    draw_chairs,
    make_voices,
    write_score,
)
from trainer.render.inputs import find_soundfonts
from trainer.render.music.drums import KITS, draw_groove
from trainer.render.music.midi_files import Piece, list_pieces
from trainer.render.music.notation import SAMPLE_RATE
from trainer.render.music.performance import transpose
from trainer.render.settings import RenderSettings
from trainer.render.sound import backgrounds
from trainer.render.sound.drawn import HELD, STRUCK, DrawnPlayer
from trainer.render.sound.effects import rotate, tremolo
from trainer.render.sound.one_shots import OneShots
from trainer.render.sound.rooms import list_rooms, put_into_hall, put_into_room
from trainer.render.sound.sampler import Sampler
from trainer.render.sound.singing import SINGERS, Choir
from trainer.render.sound.soundfonts import SoundFontPlayer, Voice
from trainer.render.sound.speech import find_talkers, render_speech
from trainer.render.sound.timbres import DRAWN, RECORDED, SOLO, SUNG, Timbre, list_programs
from trainer.shards.format import Clip, empty_notes
from trainer.shards.note_tables import merge_notes

ROOM_SHARE = 0.2
"""Share of the music that is put into a measured room, where there are any."""


@dataclass(frozen=True)
class Rendered:
    """A finished clip: int16 (n_samples,), NOTE_DTYPE (n_notes,), description."""

    pcm: np.ndarray
    notes: np.ndarray
    clip: Clip


class ClipMaker:
    """Makes clips, and keeps between them: instruments, pieces, rooms, voices."""

    def __init__(self, settings: RenderSettings) -> None:
        self._settings = settings
        self._n_samples = round(settings.clip_seconds * SAMPLE_RATE)
        self._fonts = find_soundfonts(settings)
        self._player = SoundFontPlayer(self._fonts) if self._fonts else None
        self._programs: list[tuple[Timbre, float]] = []
        for number, path in enumerate(self._fonts):
            self._programs += list_programs(number, path.stem, settings.split)
        shots = OneShots(Path(settings.samples), settings.split) if settings.samples else None
        self._sampler = Sampler(shots) if shots else None
        self.recorded = [(timbre, 1.0) for timbre in shots.timbres] if shots else []
        """Timbres of one-shot recordings, with their weights."""
        self._pieces: list[Piece] = []
        if settings.midi:
            excluded = frozenset(settings.exclude_songs)
            self._pieces = list_pieces(Path(settings.midi), settings.split, excluded)
        self._rooms = list_rooms(Path(settings.rooms)) if settings.rooms else []
        self._talkers = find_talkers()
        self._drawn, self._choir = DrawnPlayer(), Choir(self._talkers)

    def render(self, id: str, rng: np.random.Generator) -> Rendered:
        """The clip that this random generator leads to."""
        kind = self._draw_kind(rng)
        notes, song = empty_notes(), ""
        if kind == "music":
            sound, notes, source, song, used = self._play_music(rng)
        else:
            sound, used = self._make_negative(kind, rng)
            source = kind
        pcm = _level(sound, rng, quiet=kind == "silence")
        clip = Clip(id, 0, len(pcm), source, song, tuple(used), kind)
        return Rendered(pcm, notes, clip)

    def _draw_kind(self, rng: np.random.Generator) -> str:
        s = self._settings
        shares = {
            "speech": s.speech_share if self._talkers else 0.0,
            "drums": s.drums_share if self._player else 0.0,
            "noise": s.noise_share,
            "silence": s.silence_share,
        }
        place = rng.random()
        for kind, share in shares.items():
            place -= share
            if place < 0:
                return kind
        return "music"

    def _make_negative(self, kind: str, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
        if kind == "speech":
            sound, used = render_speech(self._talkers, rng, self._n_samples)
            if rng.random() < 0.3:
                noise = backgrounds.make_noise(rng, self._n_samples)
                sound = backgrounds.mix_below(sound, noise, float(rng.uniform(10, 40)))
            return sound, used
        if kind == "drums":
            return self._play_drums(rng)
        if kind == "noise":
            return backgrounds.make_noise(rng, self._n_samples), []
        return backgrounds.silence(rng, self._n_samples), []

    def _play_drums(self, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
        number = int(rng.integers(len(self._fonts)))
        kit = int(rng.choice(KITS))
        assert self._player is not None
        groove = draw_groove(rng, self._settings.clip_seconds)
        sound = self._player.play_drums(groove, kit, number, self._n_samples)
        return sound, [f"{self._fonts[number].stem}:drums:{kit}"]

    def _play_music(
        self, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, str, str, list[str]]:
        seconds = self._settings.clip_seconds
        setting = str(rng.choice(list(SETTINGS), p=list(SETTINGS.values())))
        chairs = draw_chairs(setting, rng)
        timbres = self._cast(chairs, self._draw_engine(rng), rng)
        score, origin = write_score(
            setting, chairs, timbres, self._pieces, self._settings.midi_share, rng, seconds
        )
        voices = make_voices(score, timbres, rng, seconds, origin == "vienna4x22")
        sound, tables = self._play_voices(voices, rng)
        notes = merge_notes(tables, self._n_samples)
        used = [voice.timbre.id for voice in voices]
        engines = sorted({_engine_name(voice.timbre) for voice in voices})
        space = rng.random()
        if self._rooms and space < ROOM_SHARE:
            room = self._rooms[rng.integers(len(self._rooms))]
            sound = put_into_room(sound, room)
            used.append(f"room:{room.stem}")
        elif space > 0.8:
            sound = put_into_hall(sound, rng)
            used.append("hall")
        if rng.random() < self._settings.background_share:
            sound, behind = self._add_background(sound, rng)
            used += behind
        return sound, notes, f"{origin}/{setting}/{'+'.join(engines)}", score.song, used

    def _draw_engine(self, rng: np.random.Generator) -> str:
        s, place = self._settings, rng.random()
        if place < s.one_shot_share:
            return "sampler"
        return "mixed" if place < s.one_shot_share + s.mixed_share else "soundfont"

    def _cast(self, chairs: list[Chair], engine: str, rng: np.random.Generator) -> list[Timbre]:
        """An instrument for every chair; another engine's where this one has none."""
        cast: list[Timbre] = []
        for chair in chairs:
            invented = self._invent_timbre(chair, rng)
            if invented is not None:
                cast.append(invented)
                continue
            own = engine
            if engine == "mixed":
                own = str(rng.choice(["sampler", "soundfont"]))
            stocks = [self.recorded, self._programs]
            if own == "soundfont":
                stocks.reverse()
            # Families that only the SoundFont has keep their share: the family is drawn first.
            present = {t.family for t, _ in (*self.recorded, *self._programs)}
            families = {n: w for n, w in chair.families.items() if n in present}
            names = list(families) or sorted(present)
            weights = np.array([families.get(name, 1.0) for name in names])
            family = names[rng.choice(len(names), p=weights / weights.sum())]
            found = [choose_timbre({family: 1.0}, stock, rng) for stock in stocks]
            cast.append(next(timbre for timbre in found if timbre is not None))
        return cast

    def _invent_timbre(self, chair: Chair, rng: np.random.Generator) -> Timbre | None:
        """Somebody who is neither a recording nor a SoundFont, for a share of the chairs."""
        s = self._settings
        if set(chair.families) == {"piano"}:
            return None
        place, sings = rng.random(), chair.role == "lead" and bool(self._talkers)
        if place < s.drawn_share:
            return STRUCK if chair.role == "keys" and rng.random() < 0.5 else HELD
        if sings and place < s.drawn_share + s.sung_share:
            return SINGERS[int(rng.integers(len(SINGERS)))]
        return None

    def _engine(self, timbre: Timbre) -> SoundFontPlayer | Sampler | DrawnPlayer | Choir:
        """Who plays a timbre; one that was cast has its player."""
        others: dict[int, Sampler | DrawnPlayer | Choir | None] = {
            DRAWN: self._drawn,
            SUNG: self._choir,
            RECORDED: self._sampler,
        }
        engine = self._player if timbre.soundfont >= 0 else others[timbre.soundfont]
        assert engine is not None
        return engine

    def _play_voices(
        self, voices: list[Voice], rng: np.random.Generator
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Every voice by its engine, brought to like loudness, then to its own gain."""
        mix, tables = np.zeros(self._n_samples, np.float32), []
        for voice in voices:
            engine = self._engine(voice.timbre)
            sound, notes = engine.play(voice, self._n_samples, rng)
            for semitones, decibels in voice.stops:
                stop = replace(voice, part=transpose(voice.part, semitones))
                sound = sound + engine.play(stop, self._n_samples, rng)[0] * 10 ** (decibels / 20)
            swings = voice.timbre.family not in SOLO
            if swings and rng.random() < self._settings.effect_share:
                sound = (tremolo if rng.random() < 0.6 else rotate)(sound, rng)
            loudness = _measure_loudness(sound)
            if loudness > 0:
                mix += sound * (10 ** (voice.gain_db / 20) / loudness)
                tables.append(notes)
        return mix, tables

    def _add_background(
        self, sound: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, list[str]]:
        kinds = ["drums"] * bool(self._player) + ["speech"] * bool(self._talkers) + ["noise"]
        kind = str(rng.choice(kinds))
        below = float(rng.uniform(6, 25))
        background, used = self._make_negative(kind, rng)
        return backgrounds.mix_below(sound, background, below), used


def _engine_name(timbre: Timbre) -> str:
    """What plays a timbre, as the descriptions of clips name it."""
    if timbre.soundfont >= 0:
        return "soundfont"
    return {DRAWN: "drawn", SUNG: "sung"}.get(timbre.soundfont, "sampler")


def _measure_loudness(sound: np.ndarray) -> float:
    """RMS of the loud stretches (the loudest fifth of 50 ms frames) of a voice (n_samples,)."""
    frame = SAMPLE_RATE // 20
    power = np.mean(sound[: len(sound) // frame * frame].reshape(-1, frame) ** 2, axis=1)
    loudest = np.sort(power)[-max(1, len(power) // 5) :]
    return float(np.sqrt(loudest.mean()))


def _level(sound: np.ndarray, rng: np.random.Generator, quiet: bool) -> np.ndarray:
    """Peak at -1 to -20 dBFS as int16; silence stays as it is."""
    wanted = 10 ** (float(rng.uniform(-20, -1)) / 20)
    if not quiet:
        sound = backgrounds.normalise_peak(sound) * wanted
    result: np.ndarray = np.round(np.clip(sound, -1, 1) * 32767).astype(np.int16)
    return result
