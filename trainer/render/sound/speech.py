"""Talking voices from espeak-ng and flite, as examples of "no notes"."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

from trainer.render.music.notation import SAMPLE_RATE
from trainer.render.sound.backgrounds import normalise_peak

FLITE_VOICES = ("awb", "kal16", "rms", "slt")
LANGUAGES = (
    "en-gb en-us en-gb-scotland pl de fr-fr es it pt pt-br nl sv da nb fi cs sk hu ro ru uk el "
    "tr hi bn ta id vi cmn ja ko sw af ca hr sr bg lt lv et is eo la"
)
VARIANTS = "m1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 croak klatt klatt2 klatt4 whisper"
SUNG_LANGUAGES = "en-gb en-us pl de fr-fr es it pt nl sv cs hu ru el tr vi cmn ja fi"
VARIANTS_MALE, VARIANTS_FEMALE = "m1 m2 m3 m4 m5 m6 m7 klatt klatt2", "f1 f2 f3 f4 f5"
WORDS = (
    "the of and a to in he have it that for they with as not on she at by this we you do but "
    "from or which one would all will there say who make when can more if no man out other so "
    "what time up go about than into could state only new year some take come these know see "
    "use get like then first any work now may such give over think most even find day also "
    "after way many must look before great back through long where much should well people down "
    "own just because good each those feel seem how high too place little world very still "
    "nation hand old life tell write become here show house both between need mean call develop "
    "under last right move thing general school never same another begin while number part turn "
    "real leave might want point form off child few small since against ask late home interest "
    "large person end open public follow during present without again hold govern around "
    "possible head word problem however lead system set order eye plan run keep face fact group "
    "play stand early course change help line seven eleven twenty Thursday October window "
    "coffee morning"
)
SYLLABLES = "ba de ki lo mu na po ri sa te vo zi cha sho gra pla tri kor men dal"


def find_talkers() -> list[str]:
    """Names of the speech programs that are installed, of the two that are known."""
    return [name for name in ("espeak-ng", "flite") if shutil.which(name)]


def render_speech(
    talkers: list[str], rng: np.random.Generator, n_samples: int
) -> tuple[np.ndarray, list[str]]:
    """One or two people talking with pauses.

    Args:
        talkers: non-empty, from `find_talkers`.
        rng: chance.
        n_samples: length at SAMPLE_RATE.

    Returns:
        float32 (n_samples,) with a peak of 1, and the ids of the voices.
    """
    out, used = np.zeros(n_samples, np.float32), []
    for _ in range(2 if rng.random() < 0.2 else 1):
        sound, name = _one_person(talkers, rng, n_samples)
        out += sound * float(rng.uniform(0.3, 1))
        used.append(name)
    return normalise_peak(out), used


def render_syllable(
    talkers: list[str], rng: np.random.Generator, text: str, female: bool
) -> np.ndarray:
    """One slow syllable at an even, low pitch, float32 (n,) at SAMPLE_RATE; empty if it failed.

    Args:
        talkers: non-empty, from `find_talkers`.
        rng: chance; it chooses the voice, so that equal generators speak with one voice.
        text: what to say.
        female: whose voice.
    """
    if "flite" in talkers and ("espeak-ng" not in talkers or rng.random() < 0.3):
        voice = "slt" if female else str(rng.choice(["awb", "kal16", "rms"]))
        return _synthesize("flite", ["-voice", voice, "--setf", "duration_stretch=1.8"], text)
    kinds = VARIANTS_FEMALE if female else VARIANTS_MALE
    voice = f"{rng.choice(SUNG_LANGUAGES.split())}+{rng.choice(kinds.split())}"
    pitch = str(rng.integers(15, 50))
    return _synthesize("espeak-ng", ["-v", voice, "-s", "90", "-p", pitch], text)


def _one_person(
    talkers: list[str], rng: np.random.Generator, n_samples: int
) -> tuple[np.ndarray, str]:
    out, time = np.zeros(n_samples, np.float32), int(rng.uniform(0, 1.5) * SAMPLE_RATE)
    talker = "flite" if "flite" in talkers and rng.random() < 0.35 else talkers[0]
    if talker == "flite":
        voice = str(rng.choice(FLITE_VOICES))
        stretch = f"{rng.uniform(0.8, 1.3):.2f}"
        options = ["-voice", voice, "--setf", f"duration_stretch={stretch}"]
    else:
        voice = f"{rng.choice(LANGUAGES.split())}+{rng.choice(VARIANTS.split())}"
        speed, pitch = str(rng.integers(110, 240)), str(rng.integers(5, 95))
        options = ["-v", voice, "-s", speed, "-p", pitch]
    while time < n_samples:
        said = _synthesize(talker, options, _invent_text(rng))
        stop = min(n_samples, time + len(said))
        out[time:stop] += said[: stop - time]
        time += len(said) + int(rng.uniform(0.1, 1.5) * SAMPLE_RATE) + 1
        if not len(said):
            break
    return out, f"{talker}:{voice}"


def _synthesize(talker: str, options: list[str], text: str) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "speech.wav"
        if talker == "flite":
            command = ["flite", *options, "-t", text, "-o", str(file)]
        else:
            command = ["espeak-ng", *options, "-w", str(file), text]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        if done.returncode != 0 or not file.exists():
            return np.zeros(0, np.float32)
        sound, rate = sf.read(file, dtype="float32", always_2d=True)
    return normalise_peak(soxr.resample(sound.mean(axis=1), rate, SAMPLE_RATE))


def _invent_text(rng: np.random.Generator) -> str:
    """A sentence or two of common words, or of invented ones."""
    count = int(rng.integers(4, 30))
    if rng.random() < 0.5:
        words = [str(word) for word in rng.choice(WORDS.split(), count)]
    else:
        words = ["".join(rng.choice(SYLLABLES.split(), rng.integers(1, 4))) for _ in range(count)]
    for i in range(len(words) - 1):
        if rng.random() < 0.12:
            words[i] += str(rng.choice([",", ".", "?", "!"]))
    return " ".join(words) + "."
