"""Find Chromium for the tests of pages: the machine's own, else its package manager's, else Playwright's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from once import CACHE, CannotPrepare, locked, run_as_program

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
DOWNLOADS = CACHE / "playwright"


def find_chromium() -> Path | None:
    """The browser to use; None if none is there yet. KEMPELEN_TEST_CHROMIUM names one."""
    named = os.environ.get("KEMPELEN_TEST_CHROMIUM")
    if named:
        return Path(named)
    own = next(filter(None, [*map(shutil.which, NAMES), shutil.which(MAC)]), None)
    if own is not None:
        return Path(own)
    return next(iter(sorted(DOWNLOADS.glob("chromium-*/chrome-*/chrome"), reverse=True)), None)


def prepare_chromium() -> Path:
    """The browser, fetched if need be. Raises CannotPrepare with what to do about it."""
    with locked(CACHE / ".chromium.lock"):
        found = find_chromium()
        if found is None:
            print("Installing Chromium for the tests of pages.", flush=True)
            for fetch in (_by_package_manager, _by_playwright):
                fetch()
                found = find_chromium()
                if found is not None:
                    break
    if found is None:
        raise CannotPrepare(
            "There is no Chromium, and neither the package manager nor Playwright could install one. Install "
            "it (on Debian or Ubuntu: apt-get install chromium), or name one in KEMPELEN_TEST_CHROMIUM."
        )
    return found


def _by_package_manager() -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], env=environment, **quiet)
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends"]
    if subprocess.run([*install, "chromium"], env=environment, **quiet).returncode != 0:
        subprocess.run([*install, "chromium-browser"], env=environment, **quiet)


def _by_playwright() -> None:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command, env=os.environ | {"PLAYWRIGHT_BROWSERS_PATH": str(DOWNLOADS)}, **quiet)


if __name__ == "__main__":
    run_as_program(prepare_chromium)
