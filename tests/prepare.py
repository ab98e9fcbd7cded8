"""See that what the tests need from outside Python is there; install it where we may, say what is missing else."""

import os
import shutil
import subprocess
import sys

from postgres import binaries

NEEDED = {
    "chromium-headless-shell": lambda: shutil.which("chromium-headless-shell") or shutil.which("chromium"),
    "postgresql": binaries,
    "libreoffice-writer-nogui": lambda: shutil.which("soffice"),
    "poppler-utils": lambda: shutil.which("pdftoppm"),
    "fonts-noto-cjk": lambda: _has_font("Noto Serif CJK SC"),
}
GETTEXT = {"gettext": lambda: shutil.which("xgettext") and shutil.which("msgfmt")}


def _has_font(name: str) -> bool:
    if shutil.which("fc-list") is None:
        return False
    return name in subprocess.run(["fc-list"], check=True, capture_output=True, text=True).stdout


def main() -> None:
    needed = GETTEXT if "--gettext" in sys.argv else NEEDED | GETTEXT
    missing = [package for package, there in needed.items() if not there()]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        print("installing", *missing, flush=True)
        apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with open(os.devnull, "w") as quiet:
            subprocess.run([*apt, "update"], check=True, env=environment, stdout=quiet)
            install = [*apt, "install", "-y", "--no-install-recommends", *missing]
            subprocess.run(install, check=True, env=environment, stdout=quiet)
        missing = [package for package, there in needed.items() if not there()]
    if missing:
        sys.exit(
            f"The tests need these packages, which are missing: {' '.join(missing)}. Install them as root."
        )


if __name__ == "__main__":
    main()
