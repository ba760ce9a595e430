"""Whom `warehouse erase-customer` does not take for a customer."""

from support import Warehouse


def test_nobody_is_erased_by_mistake(engines: Warehouse) -> None:
    for arguments, complaint in (
        (("shop", "C404404"), "there is no customer C404404 of shop"),
        (("shop", " "), "is no customer's number"),
        (("nowhere", "C1"), "'nowhere' is no source system"),
    ):
        done = engines.run("warehouse", "erase-customer", *arguments, check=False)
        assert done.returncode == 1
        assert complaint in done.stderr
        assert "Traceback" not in done.stderr
