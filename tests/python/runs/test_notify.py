"""People hear of a run that failed, and once that it is well again, by every channel."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from runs.listeners import PASSWORD, Hooks, Mailbox, mail_server, web_server
from support import Warehouse

from warehouse.notify.message import without_values

HOOK, SLACK = "/hook/s3cret", "/slack/s3cret"


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[tuple[Mailbox, dict[str, str]]]:
    with mail_server(tmp_path) as server:
        yield server


@pytest.fixture
def web() -> Iterator[tuple[Hooks, dict[str, str]]]:
    with web_server() as server:
        yield server


def test_a_message_arrives_by_every_channel(
    tmp_path: Path, mail: tuple[Mailbox, dict[str, str]], web: tuple[Hooks, dict[str, str]]
) -> None:
    (mailbox, to_mail), (hooks, to_web) = mail, web
    done = Warehouse(tmp_path / "home", to_mail | to_web).run("warehouse", "notify-test")
    assert "sent by e-mail, Slack, webhook" in done.stdout
    assert mailbox.recipients == [["one@example.org", "two@example.org"]]
    assert mailbox.mails[0]["subject"] == "warehouse: this is a test, and it arrived"
    assert hooks.bodies[HOOK][0]["event"] == "test"
    assert "it arrived" in hooks.bodies[SLACK][0]["text"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "no channel is named: set WAREHOUSE_NOTIFY_EMAIL"),
        ({"WAREHOUSE_NOTIFY_EMAIL": "a@example.org"}, "WAREHOUSE_SMTP_HOST no mail server"),
        (
            {
                "WAREHOUSE_NOTIFY_EMAIL": "a@example.org",
                "WAREHOUSE_SMTP_HOST": "localhost",
                "WAREHOUSE_SMTP_SECURITY": "ssl",
            },
            "WAREHOUSE_SMTP_SECURITY is 'ssl'",
        ),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    done = Warehouse(tmp_path, settings).run("warehouse", "notify-test", check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_message_holds_no_value() -> None:
    said = (
        'duplicate key value violates unique constraint "dim_customer_key" '
        "DETAIL: Key (customer_id)=(Erika M) already exists; 'K101' erika@example.org"
    )
    kept = without_values(said)
    assert "duplicate key value" in kept
    assert not any(value in kept for value in ("Erika", "K101", "example.org"))


def test_a_channel_that_does_not_answer_is_tried_again_then_logged(
    tmp_path: Path, web: tuple[Hooks, dict[str, str]]
) -> None:
    hooks, to_web = web
    hooks.status = 503
    warehouse = Warehouse(
        tmp_path, {"WAREHOUSE_NOTIFY_WEBHOOK": to_web["WAREHOUSE_NOTIFY_WEBHOOK"]}
    )
    done = warehouse.run("warehouse", "notify-test", check=False)
    assert done.returncode == 1
    assert hooks.tried == [HOOK] * 3
    assert "no message by webhook: the server answered 503" in done.stderr
    log = (tmp_path / "logs" / "notify.log").read_text(encoding="utf-8")
    assert "webhook: the server answered 503" in log
    # The address of a webhook is a secret.
    assert "s3cret" not in log + done.stderr


def test_a_run_that_fails_is_told_until_it_is_well_again(
    tmp_path: Path,
    mail: tuple[Mailbox, dict[str, str]],
    web: tuple[Hooks, dict[str, str]],
    new_warehouse: Callable[..., Warehouse],
) -> None:
    (mailbox, to_mail), (hooks, to_web) = mail, web
    files = tmp_path / "files"
    warehouse = new_warehouse(SHOP_FILES=str(files), **to_mail, **to_web)
    warehouse.up()
    warehouse.run("warehouse", "sample", "--rows", "500", "--to", files)
    broken = files / "sales_data" / "sales_data_broken.csv"
    broken.write_text("name,address\nErika Mustermann,Main Street\n", encoding="utf-8")
    assert warehouse.run("warehouse", "run", "--notify", check=False).returncode == 1
    [told] = hooks.bodies[HOOK]
    assert (told["event"], told["road"]) == ("failed", "run")
    assert {finding["what"] for finding in told["findings"]} == {
        "step load",
        "file shop/sales_data/sales_data_broken.csv",
    }
    [mailed] = mailbox.mails
    assert mailed["subject"].startswith("warehouse: run failed: load failed")
    text = mailed.get_content()
    assert "sales_data_broken.csv was refused" in text
    for secret in ("Mustermann", PASSWORD, "s3cret"):
        assert secret not in text + str(list(hooks.bodies.values()))

    # A channel that is gone fails no run, and what is well again is told once.
    broken.unlink()
    assert warehouse.run("warehouse", "run", "--notify").returncode == 0
    assert hooks.bodies[HOOK][-1]["event"] == "well again"
    hooks.status = 500
    assert warehouse.run("warehouse", "run", "--notify").returncode == 0
    assert len(hooks.bodies[HOOK]) == len(mailbox.mails) == 2
