"""Every message has its Chinese, with the same placeholders, and the compiled catalogue is of this text.

``--update`` collects the messages into the .po file and compiles it; translating what is new stays with a person.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "taizhang"
PO = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext"}
PLACEHOLDER = re.compile(r"(?<!\{)\{[a-z_]*\}(?!\})|%\([a-z_]+\)s")


def collect() -> None:
    """Run makemessages on the package (it writes the .po file)."""
    command = [
        sys.executable,
        "-m",
        "django",
        "makemessages",
        "-l",
        "zh_Hans",
        "--no-obsolete",
        "--no-location",
    ]
    ignored = ["--ignore", "tests", "--ignore", "conftest.py"]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(PACKAGE.parents[1]),
    }
    subprocess.run([*command, *ignored], cwd=PACKAGE, check=True, env=environment, stdout=subprocess.DEVNULL)


def faults(before: polib.POFile, now: polib.POFile) -> list[str]:
    """Return what is wrong, a line each."""
    known = {entry.msgid for entry in before}
    found = [f"not collected: {entry.msgid!r}" for entry in now if entry.msgid not in known]
    found += [f"no longer used: {msgid!r}" for msgid in known - {entry.msgid for entry in now}]
    for entry in now:
        said = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if entry.fuzzy or not all(said):
            found.append(f"not translated: {entry.msgid!r}")
        found += [
            f"placeholders differ: {entry.msgid!r} -> {text!r}"
            for text in said
            if text
            and not set(PLACEHOLDER.findall(text))
            <= set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        ]
        found += [f"loses a placeholder: {entry.msgid!r} -> {said[0]!r}" for _ in [0] if _lost(entry, said)]
    return found


def _lost(entry: polib.POEntry, said: list[str]) -> bool:
    wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    return bool(said[0]) and not wanted <= set(PLACEHOLDER.findall(said[0]))


def unseen(now: polib.POFile) -> list[str]:
    """Return the messages that stand only inside f-strings: the collector does not look there."""
    known = {entry.msgid for entry in now}
    return [
        f"{path.relative_to(PACKAGE)}:{call.lineno}: not collected from an f-string: {msgid!r}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if "tests" not in path.parts
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS
        if isinstance(call.args[0], ast.Constant) and (msgid := call.args[0].value) not in known
    ]


def main() -> None:
    before = PO.read_text(encoding="utf-8") if PO.exists() else ""
    collect()
    now = polib.pofile(str(PO))
    if "--update" in sys.argv:
        now.save_as_mofile(str(MO))
        print(
            f"{len(now)} messages, {len(now.untranslated_entries()) + len(now.fuzzy_entries())} to translate"
        )
        return
    PO.write_text(before, encoding="utf-8")
    found = unseen(now) + faults(polib.pofile(before), now)
    if not MO.exists() or {(e.msgid, e.msgstr) for e in polib.mofile(str(MO))} != {
        (e.msgid, e.msgstr) for e in polib.pofile(before).translated_entries()
    }:
        found.append(
            "the .mo file is not compiled from the .po file: python tests/check_translations.py --update"
        )
    if found:
        sys.exit("\n".join([*found, f"{len(found)} faults in the translations"]))
    print(f"{len(now)} messages, all translated")


if __name__ == "__main__":
    main()
