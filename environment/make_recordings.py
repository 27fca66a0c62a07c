"""Makes the recordings of the dictations from their texts: `python environment/make_recordings.py [CODE…]`.

The voices are synthetic, those of espeak-ng (1.51 made what is kept). It and ffmpeg must be installed; the
program itself needs neither. Made again, the files sound the same.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kempelen.language_tests import material
from kempelen.rules.language_tests import LANGUAGES, VERSIONS, recording_name

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "src" / "kempelen" / "web" / "static" / "language-tests"
VOICES = {"ar": "ar", "en": "en-gb", "es": "es", "fr": "fr-fr", "hi": "hi", "pt": "pt-br"}
WORDS_A_MINUTE = 130
LARGEST = 40_000
"""Bytes of one recording."""


def make(code: str) -> None:
    """Make all recordings of a language."""
    for version, sentences in zip(VERSIONS, material(code).dictations, strict=True):
        for number, sentence in enumerate(sentences, start=1):
            path = FOLDER / recording_name(code, version, number)
            record(sentence, VOICES[code], path)
            size = path.stat().st_size
            assert size <= LARGEST, f"{path} has {size} bytes"
            print(f"{path.relative_to(ROOT)}  {size} bytes")


def record(sentence: str, voice: str, path: Path) -> None:
    """Speak a sentence into an MP3 file, which every browser plays."""
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        speed = str(WORDS_A_MINUTE)
        command = ["espeak-ng", "-v", voice, "-s", speed, "-w", str(spoken), "--stdin"]
        subprocess.run(command, input=sentence, text=True, check=True)
        quiet = ["-loglevel", "error", "-nostdin", "-y", "-i", str(spoken)]
        packed = ["-ac", "1", "-ar", "22050", "-b:a", "32k", "-map_metadata", "-1", "-fflags", "+bitexact"]
        subprocess.run(["ffmpeg", *quiet, *packed, "-flags:a", "+bitexact", str(path)], check=True)


def main(codes: list[str]) -> None:
    """Make the recordings of these languages, or of all."""
    for program in ("espeak-ng", "ffmpeg"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for code in codes or sorted(LANGUAGES):
        make(code)


if __name__ == "__main__":
    main(sys.argv[1:])
