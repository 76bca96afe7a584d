"""Tiny trees in the true formats of public corpora: one-second tones, real names and columns."""

import csv
import json
from pathlib import Path

import mido
import numpy as np
import scipy.io
import soundfile as sf
import yaml

MUSICNET_COLUMNS = (
    "start_time",
    "end_time",
    "instrument",
    "note",
    "start_beat",
    "end_beat",
    "note_value",
)
MUSICNET_METADATA = (
    "id",
    "composer",
    "composition",
    "movement",
    "ensemble",
    "source",
    "transcriber",
    "catalog_name",
    "seconds",
)
MAESTRO_COLUMNS = (
    "canonical_composer",
    "canonical_title",
    "split",
    "year",
    "midi_filename",
    "audio_filename",
    "duration",
)


def write_tone(
    path: Path, seconds: float = 1.0, rate: int = 44_100, pitch: float = 69, channels: int = 1
) -> Path:
    """A sine at half scale, 16-bit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(int(seconds * rate)) / rate
    tone = 0.5 * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time)
    sf.write(path, np.repeat(tone[:, None], channels, axis=1), rate, subtype="PCM_16")
    return path


def write_midi(
    path: Path,
    notes: list[tuple[float, float, int]] = ((0.1, 0.6, 69),),
    program: int = 0,
    pedal: list[tuple[float, int]] = (),
    velocity: int = 64,
) -> Path:
    """(onset s, offset s, pitch) notes and (s, value) pedal, in ticks of a millisecond."""
    path.parent.mkdir(parents=True, exist_ok=True)
    events = [(0.0, mido.Message("program_change", program=program))]
    for onset, offset, pitch in notes:
        events.append((onset, mido.Message("note_on", note=pitch, velocity=velocity)))
        events.append((offset, mido.Message("note_off", note=pitch)))
    events += [(t, mido.Message("control_change", control=64, value=v)) for t, v in pedal]
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    now = 0
    for seconds, message in sorted(events, key=lambda event: event[0]):
        tick = round(seconds * 1000)
        track.append(message.copy(time=tick - now))
        now = tick
    mido.MidiFile(ticks_per_beat=500, tracks=[track]).save(path)
    return path


def write_csv(path: Path, columns: tuple[str, ...], rows: list[tuple]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def write_musicnet(root: Path, trained=(1727, 1728, 2194), tested=(1759, 2303)) -> Path:
    """Original layout; each recording plays A4 from 0.1 s to 0.6 s on the violin."""
    rows = []
    for part, ids in (("train", trained), ("test", tested)):
        for id in ids:
            write_tone(root / f"{part}_data" / f"{id}.wav")
            label = (4410, 26460, 41, 69, 0.0, 1.0, "Quarter")
            write_csv(root / f"{part}_labels" / f"{id}.csv", MUSICNET_COLUMNS, [label])
            work = "Violin Sonata No 10" if id in (1727, 1759) else f"Work {id}"
            rows.append((id, "Beethoven", work, "1.", "Solo Violin", "x", "y", "OP96", 1))
    write_csv(root / "musicnet_metadata.csv", MUSICNET_METADATA, rows)
    return root


def write_maestro(root: Path) -> Path:
    """Two years; the pedal is down from 0.3 s to 0.9 s."""
    rows = []
    for name, split, title in (
        ("2004/one", "train", "Sonata"),
        ("2006/two", "validation", "Fugue"),
        ("2008/three", "test", "Étude"),
    ):
        write_tone(root / f"{name}.wav", channels=2)
        write_midi(
            root / f"{name}.midi",
            [(0.1, 0.4, 60), (0.2, 0.25, 64), (0.5, 0.6, 60)],
            pedal=[(0.3, 100), (0.9, 0)],
        )
        rows.append(("Frédéric Chopin", title, split, name[:4], f"{name}.midi", f"{name}.wav", 1.0))
    write_csv(root / "maestro-v3.0.0.csv", MAESTRO_COLUMNS, rows)
    return root


def write_maps(root: Path) -> Path:
    for piano, piece in (
        ("ENSTDkCl", "bk_xmas1"),
        ("ENSTDkAm", "mz_331_2"),
        ("AkPnBcht", "bk_xmas1"),
        ("AkPnBcht", "alb_se3"),
    ):
        stem = root / piano / "MUS" / f"MAPS_MUS-{piece}_{piano}"
        write_tone(stem.with_suffix(".wav"), channels=2)
        write_midi(stem.with_suffix(".mid"), [(0.1, 0.2, 69)], pedal=[(0.15, 127), (0.5, 0)])
        lines = "OnsetTime\tOffsetTime\tMidiPitch\n0.100000\t0.200000\t69\n"
        stem.with_suffix(".txt").write_text(lines)
    stem = root / "AkPnBcht" / "ISOL" / "NO" / "MAPS_ISOL_NO_F_S0_M60_AkPnBcht"
    write_tone(stem.with_suffix(".wav"), channels=2)
    stem.with_suffix(".txt").write_text("OnsetTime\tOffsetTime\tMidiPitch\n0.1\t0.5\t60\n\n")
    return root


def write_jams(path: Path, strings: dict[int, list[tuple[float, float, float]]]) -> Path:
    """(time, duration, MIDI value) of each string, and one pitch contour to be passed over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    annotations = [
        {
            "namespace": "pitch_contour",
            "annotation_metadata": {"data_source": "0"},
            "data": {"time": [0.0], "duration": [0.0], "value": [{"frequency": 0.0}]},
        }
    ]
    for string in range(6):
        data = [
            {"time": t, "duration": d, "value": v, "confidence": None}
            for t, d, v in strings.get(string, [])
        ]
        annotations.append(
            {
                "namespace": "note_midi",
                "annotation_metadata": {"data_source": str(string)},
                "sandbox": {},
                "time": 0,
                "duration": 1.0,
                "data": data,
            }
        )
    told = {"annotations": annotations, "file_metadata": {"duration": 1.0}, "sandbox": {}}
    path.write_text(json.dumps(told))
    return path


def write_guitarset(root: Path) -> Path:
    names = ("00_BN1-129-Eb_comp", "04_BN3-154-E_comp", "05_Jazz1-200-B_solo")
    for i, name in enumerate(names):
        notes = {0: [(0.5, 0.3, 45.2)], 5: [(0.6, 0.2, 63.9), (0.605, 0.2, 64.1)]}
        write_jams(root / "annotation" / f"{name}.jams", notes)
        write_tone(root / "audio_mono-mic" / f"{name}_mic.wav", pitch=69 + i)
        write_tone(root / "audio_mono-pickup_mix" / f"{name}_mix.wav", pitch=69 + i)
        write_strings(root / "audio_hex-pickup_original" / f"{name}_hex.wav")
        write_strings(root / "audio_hex-pickup_debleeded" / f"{name}_hex_cln.wav")
    return root


def write_strings(path: Path) -> None:
    """Write six channels, each the tone of an open guitar string."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(44_100) / 44_100
    open_strings = np.array([40, 45, 50, 55, 59, 64])
    hertz = 440 * 2 ** ((open_strings - 69) / 12)
    sf.write(path, 0.5 * np.sin(2 * np.pi * time[:, None] * hertz), 44_100, subtype="PCM_16")


def write_urmp(root: Path) -> Path:
    pieces = {
        "01_Jupiter_vn_vc": ("vn", "vc"),
        "03_Dance_fl_cl": ("fl", "cl"),
        "15_Surprise_tpt_tpt_tbn": ("tpt", "tpt", "tpt"),
    }
    for piece, named in pieces.items():
        number, title = piece.split("_")[:2]
        folder = root / piece
        write_tone(folder / f"AuMix_{piece}.wav", rate=48_000, pitch=60 + int(number))
        for i, name in enumerate(named):
            write_tone(folder / f"AuSep_{i + 1}_{name}_{number}_{title}.wav", rate=48_000)
            text = f"0.100\t\t440.500\t\t0.300\n0.500\t\t{220.0 * (i + 1)}\t\t0.200\n"
            (folder / f"Notes_{i + 1}_{name}_{number}_{title}.txt").write_text(text)
            (folder / f"F0s_{i + 1}_{name}_{number}_{title}.txt").write_text("0.0\t0.0\n")
    (root / "Supplementary_Files").mkdir()
    return root


def write_bach10(root: Path) -> Path:
    """Two chorales of one note a voice: C4 up by thirds, from 0.1 s (frame 8.7 on) to 0.5 s."""
    for piece in ("01-AchGottundHerr", "02-AchLiebenChristen"):
        folder = root / "Bach10_v1.1" / piece
        voices = np.empty((4, 1), object)
        for voice, (name, pitch) in enumerate(
            {"violin": 72, "clarinet": 67, "saxphone": 64, "bassoon": 48}.items()
        ):
            write_tone(folder / f"{piece}-{name}.wav", pitch=pitch)
            frames = np.arange(9, 49)  # middles 0.103 to 0.493 s
            bent = pitch + 0.2 * np.sin(frames)
            notes = np.empty((1, 1), object)
            notes[0, 0] = np.stack([frames, bent])
            voices[voice, 0] = notes
        write_tone(folder / f"{piece}.wav")
        write_midi(folder / f"{piece}.mid")  # the score, in another tempo
        (folder / f"{piece}.txt").write_text("103\t0\t72\t1\n")
        scipy.io.savemat(folder / f"{piece}-GTNotes.mat", {"GTNotes": voices})
    return root


def write_slakh(root: Path) -> Path:
    for part, number, song in (
        ("train", 1, "aa"),
        ("validation", 1501, "bb"),
        ("test", 1876, "aa"),
        ("omitted", 4, "cc"),
    ):
        track = root / part / f"Track{number:05d}"
        write_tone(track / "mix.flac")
        for name in ("S00", "S01", "S03"):
            write_tone(track / "stems" / f"{name}.flac")
        stems = {
            "S00": ("Guitar", False, 25, True, 60),
            "S01": ("Drums", True, 128, True, 36),
            "S02": ("Sound Effects", False, 120, False, 72),
            "S03": ("Bass", False, 33, True, 40),
        }
        about = {"UUID": song, "midi_dir": "MIDI", "stems": {}}
        for name, (kind, drums, program, rendered, pitch) in stems.items():
            about["stems"][name] = {
                "audio_rendered": rendered,
                "inst_class": kind,
                "is_drum": drums,
                "midi_program_name": kind,
                "midi_saved": True,
                "program_num": program,
            }
            write_midi(track / "MIDI" / f"{name}.mid", [(0.1, 0.5, pitch)])
        write_midi(track / "all_src.mid", [(0.1, 0.5, 72)])
        (track / "metadata.yaml").write_text(yaml.safe_dump(about))
    return root
