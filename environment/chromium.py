"""Find a Chromium on this machine and print its path, or say plainly that there is none."""

import glob
import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLAYWRIGHT = "{home}/chromium*-*/chrome-linux*/{program}"
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_chromium() -> Path | None:
    """The browser's program: the one CHROMIUM names, one on the PATH, or the newest of Playwright's."""
    named = os.environ.get("CHROMIUM")
    places = [named, *map(shutil.which, NAMES), *_of_playwright(), MAC]
    return next((Path(place) for place in places if place and os.access(place, os.X_OK)), None)


def _of_playwright() -> list[str]:
    home = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or str(Path.home() / ".cache" / "ms-playwright")
    programs = ("chrome", "headless_shell", "chrome-headless-shell")
    found = [glob.glob(PLAYWRIGHT.format(home=home, program=program)) for program in programs]
    return sorted((path for paths in found for path in paths), reverse=True)


if __name__ == "__main__":
    browser = find_chromium()
    if browser is None:
        sys.exit(
            "No Chromium found. On Debian: apt-get install chromium; elsewhere install Chromium or Chrome, "
            "or set CHROMIUM to its program."
        )
    print(browser)
