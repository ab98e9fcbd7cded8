"""What an organisation's own texts teach: its names and turns of phrase stop being doubted."""

from collections.abc import Collection, Iterable
from typing import Final

import numpy as np

from taizhang.proof.spelling import alphabet, ngrams
from taizhang.proof.spelling.language import Language
from taizhang.proof.spelling.model import Learned

#: What stands only once may be a typing error of the library itself.
LEAST: Final = 2


def learn(texts: Iterable[str], *, terms: Collection[str] = ()) -> Learned:
    """Count ``texts``; ``terms`` are never to be doubted. The result goes into :meth:`Model.knowing`."""
    read = [alphabet.padded(text) for text in texts]
    counted = [ngrams.count(read, order, at_least=LEAST) for order in ngrams.ORDERS]
    table = ngrams.build(
        np.concatenate([keys for keys, _ in counted]),
        ngrams.level(np.concatenate([counts for _, counts in counted])),
    )
    singles = np.zeros(0x10000, dtype=np.float32)
    for tokens in read:
        singles += np.bincount(tokens, minlength=0x10000).astype(np.float32)
    return Learned(
        Language(singles, (table,), ngrams.sieve(counted[0][0]), float(singles.sum())), frozenset(terms)
    )
