"""Zip files: workbooks, and those with one file in them."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from warehouse.ingest.errors import RefusedFileError

# How a zip begins; an empty one has nothing but its end.
MAGIC = (b"PK\x03\x04", b"PK\x05\x06")

# A zip is read from its end, so it is kept: in memory up to this many bytes, and in a temporary
# file beyond.
_MEMORY_BYTES = 32 << 20
_PIECE_BYTES = 1 << 20

_ODS = "application/vnd.oasis.opendocument.spreadsheet"

# What a damaged zip, or one of a kind that Python does not unpack, raises.
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


def whole(first: bytes, others: Iterator[bytes]) -> IO[bytes]:
    """The content of a file in one piece, for reading in any order; to be closed."""
    content = tempfile.SpooledTemporaryFile(_MEMORY_BYTES)  # noqa: SIM115 (the caller closes it)
    content.write(first)
    for piece in others:
        content.write(piece)
    content.seek(0)
    return content


def is_workbook(content: IO[bytes]) -> bool:
    """Whether a zip is a workbook.

    Raises:
        RefusedFileError: It is damaged or cut short.
    """
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                return archive.read("mimetype").decode("ascii", "replace").startswith(_ODS)
            return any(name.startswith("xl/workbook.") for name in names)
    except _ERRORS:
        raise RefusedFileError(
            "it is a damaged zip file or workbook, or one that is cut short: load it when it is "
            "complete, or get it again"
        ) from None
    finally:
        content.seek(0)


def only_member(content: IO[bytes]) -> Iterator[bytes]:
    """Yield what is in the one file of a zip, in pieces.

    Raises:
        RefusedFileError: There is not one file in it, or it cannot be unpacked.
    """
    with zipfile.ZipFile(content) as archive:
        members = [member for member in archive.infolist() if not _is_no_file(member)]
        if len(members) != 1:
            names = [member.filename for member in members[:3]]
            listed = ", ".join((*names, *(["…"] if len(members) > 3 else []))) or "nothing"
            raise RefusedFileError(
                f"it is a zip with {listed} in it: unpack it (a zip of one file is read)"
            )
        if members[0].flag_bits & 1:
            raise RefusedFileError("it is a zip with a password: unpack it")
        try:
            with archive.open(members[0]) as member:
                while piece := member.read(_PIECE_BYTES):
                    yield piece
        except _ERRORS as error:
            raise RefusedFileError(f"it is a damaged zip file: {error}") from None


def _is_no_file(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder, or one of those that macOS puts into a zip by itself."""
    name = member.filename
    return member.is_dir() or name.startswith("__MACOSX/") or name.endswith(".DS_Store")
