"""The language of a command, without Django: ``--language``, TAIZHANG_LANGUAGE, LANG, else Chinese."""

import gettext
import os
from collections.abc import Callable, Mapping
from importlib.resources import as_file, files

LANGUAGES = ("zh-hans", "en")
DEFAULT = "zh-hans"


def pick(asked: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the first language that is asked for and known: the option, then the environment."""
    for wish in (asked, environ.get("TAIZHANG_LANGUAGE"), environ.get("LANG")):
        for language in LANGUAGES:
            if wish and wish[:2].lower() == language[:2]:
                return language
    return DEFAULT


def translator(language: str) -> Callable[[str], str]:
    """Return what puts message ids into ``language``: the catalog that ships with the program, else English as it is."""
    if not language.startswith("zh"):
        return gettext.NullTranslations().gettext
    with as_file(files("taizhang") / "locale") as folder:
        return gettext.translation("django", folder, languages=["zh_Hans"], fallback=True).gettext
