"""What is tried again: what may pass by itself, never a failed test."""

import dagster as dg

RETRIES = dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL)

# How the engines, their drivers and the system say that something is gone for now, or busy.
_PASSING = (
    "another `warehouse` command",
    "connection",
    "could not connect",
    "deadlock",
    "did not answer",
    "lock timeout",
    "lock_not_available",
    "recovery mode",
    "starting up",
    "temporarily unavailable",
    "timed out",
    "timeout",
    "too many clients",
    "too many simultaneous",
)


def failure(why: str, *, may_pass: bool = True) -> dg.Failure:
    """What a step raises that has failed.

    Args:
        why: The first line of why.
        may_pass: False where no repetition would help, as with a failed test.
    """
    passes = may_pass and any(sign in why.lower() for sign in _PASSING)
    return dg.Failure(why, allow_retries=passes)
