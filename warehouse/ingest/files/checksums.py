"""By what a file is told from another one: the checksum of it, and that of what is in it."""

import hashlib
from pathlib import Path

from warehouse.ingest.errors import RefusedFileError
from warehouse.ingest.files.content import FileContent
from warehouse.ingest.sources import Dialect

CHECKSUMS = ("sha256", "content_sha256")


def checksums(path: Path, dialect: Dialect) -> dict[str, str]:
    """The checksum of a file as it lies, and that of its content: another one if it is packed.

    Returns:
        Hexadecimal digests by the names in `CHECKSUMS`.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        content = FileContent(file, dialect)
        unpacked = hashlib.sha256()
        try:
            for chunk in content.chunks():
                if content.is_packed:
                    unpacked.update(chunk)
        except RefusedFileError:
            # A damaged one: the target says so when it comes to it.
            file.seek(0)
            return dict.fromkeys(CHECKSUMS, hashlib.file_digest(file, "sha256").hexdigest())
    of_content = unpacked.hexdigest() if content.is_packed else content.sha256
    return {"sha256": content.sha256, "content_sha256": of_content}
