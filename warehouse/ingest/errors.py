"""What can go wrong with a file, as opposed to what goes wrong with a run."""


class RefusedFileError(Exception):
    """Nothing of the file is loaded; the text says why, and follows the file's name."""


class MisreadError(RefusedFileError):
    """The file is not what its stream says: what it looks like may tell more than the text."""


class BadLinesError(MisreadError):
    """Too many lines are bad: which, the text says, and what the file looks like besides."""


class UncountedError(Exception):
    """The server took another number of rows than were meant for it."""
