"""The one exception that is meant for the person at the terminal."""


class UserError(Exception):
    """A mistake or a state that the user can mend.

    Its text is one line that says what is wrong, where, and what to do; the command line prints it
    without a traceback and exits with 1.
    """
