"""What can go wrong with a file, as opposed to what goes wrong with a run."""


class RefusedFileError(Exception):
    """Nothing of the file is loaded; the text says why, and follows the file's name."""


class UncountedError(Exception):
    """The server took another number of rows than were meant for it."""
