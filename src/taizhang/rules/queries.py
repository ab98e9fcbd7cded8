from functools import lru_cache

from taizhang.core.scheme.history import History
from taizhang.core.scheme.load import LoadedScheme, load_text
from taizhang.rules.models import AdoptedScheme


def history() -> History:
    """Return every adopted version. One small query; the texts are read and parsed once for each digest."""
    versions = AdoptedScheme.objects.order_by("effective").values_list("pk", "digest")
    return _history(tuple(versions))


@lru_cache(maxsize=8)
def _history(versions: tuple[tuple[int, str], ...]) -> History:
    return History([_loaded(pk, digest) for pk, digest in versions])


@lru_cache(maxsize=64)
def _loaded(pk: int, digest: str) -> LoadedScheme:  # noqa: ARG001 - the digest is part of the cache's key
    adopted = AdoptedScheme.objects.get(pk=pk)
    return read(adopted.text, path=adopted.path)


@lru_cache(maxsize=16)
def read(text: str, *, path: str) -> LoadedScheme:
    """Read a scheme, once for each text: half a second for a long one. Raises SchemeErrors."""
    return load_text(text, path=path)
