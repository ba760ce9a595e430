"""Whom `warehouse erase-customer` does not take for a customer."""

from pathlib import Path

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


def test_a_word_for_nothing_may_have_any_sign(engines: Warehouse, project: Path) -> None:
    settings = project / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    odd = "no_value_of: {shop: ['100%', '%(id)s', '{nobody}', 'nobody''s']}"
    settings.write_text(text.replace("no_value_of: {}", odd), encoding="utf-8")
    here = engines.with_settings(PYTHONPATH=str(project))
    for customer_id, complaint in (
        ("C404404", "there is no customer C404404 of shop"),
        *((word, "is no customer's number") for word in ("100%", "%(ID)s", "{Nobody}", "Nobody's")),
    ):
        done = here.run("warehouse", "erase-customer", "shop", customer_id, check=False)
        assert complaint in done.stderr
        assert "Traceback" not in done.stderr
