"""pycorrector without what it downloads: its rules, its confusion sets and its n-gram corrector over our counts.

pycorrector loads weights for every corrector but the rules, and imports torch on the way in; so its modules are
loaded one by one, and where it asks for kenlm and a language model of 2.8 GB it is given ours.
"""

import importlib
import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import ModuleType

import numpy as np

from taizhang.proof.spelling import alphabet, language, shipped


class Model:
    """What pycorrector asks of ``kenlm.Model``, answered from our counts."""

    def __init__(self, path: str) -> None:
        self.path = path

    def score(self, text: str, *, bos: bool = True, eos: bool = True) -> float:  # noqa: ARG002
        return _score(text.replace(" ", ""))

    def perplexity(self, text: str) -> float:
        joined = text.replace(" ", "")
        return 10.0 ** (-_score(joined) / max(len(joined), 1))


@lru_cache(maxsize=1 << 16)
def _score(text: str) -> float:
    reading = language.read(shipped().language, alphabet.padded(text))
    chances = reading.chances[5][alphabet.MARGIN : alphabet.MARGIN + len(text)]
    return float(np.log(chances).sum()) / math.log(10)


def correctors() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Name and corrector of each; none where pycorrector is not installed."""
    spec = importlib.util.find_spec("pycorrector")
    if spec is None or spec.submodule_search_locations is None:
        return
    package = ModuleType("pycorrector")
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules["pycorrector"] = package
    kenlm = ModuleType("kenlm")
    kenlm.Model = Model  # type: ignore[attr-defined]
    sys.modules["kenlm"] = kenlm
    proper = importlib.import_module("pycorrector.proper_corrector").ProperCorrector()
    yield "pycorrector, proper names", lambda text: str(proper.correct(text)["target"])
    # It must find a file where it looks for a language model, else it would begin to download one.
    corrector = importlib.import_module("pycorrector.corrector").Corrector(language_model_path=__file__)
    yield "pycorrector, n-grams on our counts", lambda text: str(corrector.correct(text)["target"])
