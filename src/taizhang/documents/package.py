"""Zip packages with the same bytes for the same content, whenever and wherever they are written."""

import io
import zipfile
from collections.abc import Mapping

# The first moment a zip directory can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIRST = ("[Content_Types].xml", "_rels/.rels")


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of ``members``, named by path, in a fixed order and without a date."""
    stream = io.BytesIO()
    names = [name for name in _FIRST if name in members] + sorted(set(members) - set(_FIRST))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            member = zipfile.ZipInfo(name, date_time=_EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            archive.writestr(member, members[name])
    return stream.getvalue()


def repack(package: bytes, *, replace: Mapping[str, bytes]) -> bytes:
    """Return the zip ``package`` packed anew, with the members of ``replace`` in place of its own."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return pack({**members, **replace})


def member(package: bytes, name: str) -> bytes:
    """Return one member of the zip ``package``."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read(name)
