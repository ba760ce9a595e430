"""Where settings come from, and that every program of the virtual environment has them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import Warehouse

from warehouse import environment

EMBEDDED = """\
# The embedded engines.
POSTGRES_HOST=127.0.0.1
POSTGRES_PORT=15432
POSTGRES_PASSWORD=embedded
CLICKHOUSE_HOST=127.0.0.1
CLICKHOUSE_PORT=18123
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a warehouse whose engines have been started once."""
    (tmp_path / "engines.env").write_text(EMBEDDED)
    return tmp_path


def load(home: Path, own: str = "", **environ: str) -> dict[str, str]:
    """Load the settings with `own` as the `.env` file."""
    (home / "own.env").write_bytes(os.fsencode(own))
    environ |= {"WAREHOUSE_HOME": str(home), "WAREHOUSE_ENV_FILE": str(home / "own.env")}
    environment.load(environ)
    return environ


def test_the_environment_wins_over_the_file_and_the_file_over_the_embedded_engine(
    home: Path,
) -> None:
    own = "POSTGRES_PORT=2\nCLICKHOUSE_PORT=2\n"
    settings = load(home, own, POSTGRES_PORT="1")
    assert settings["POSTGRES_PORT"] == "1"
    assert settings["CLICKHOUSE_PORT"] == "2"
    assert settings["POSTGRES_PASSWORD"] == "embedded"  # noqa: S105


def test_nothing_of_an_embedded_engine_gets_to_a_server_of_ones_own(home: Path) -> None:
    settings = load(home, "POSTGRES_HOST=db.example\n")
    assert settings["POSTGRES_HOST"] == "db.example"
    assert "POSTGRES_PORT" not in settings
    assert "POSTGRES_PASSWORD" not in settings
    assert settings["CLICKHOUSE_PORT"] == "18123"


def test_a_setting_left_empty_is_as_good_as_none(home: Path) -> None:
    settings = load(home, "POSTGRES_HOST=\nPOSTGRES_PORT=\n")
    assert settings["POSTGRES_HOST"] == "127.0.0.1"
    assert settings["POSTGRES_PORT"] == "15432"


@pytest.mark.parametrize("value", ["", " ", ",", "shop", " shop,, shop "])
def test_the_active_sources_have_one_form(home: Path, value: str) -> None:
    assert load(home, f"WAREHOUSE_SOURCES={value}\n")["WAREHOUSE_SOURCES"] == "shop"
    two = load(home, WAREHOUSE_SOURCES=f"online_retail , {value}")["WAREHOUSE_SOURCES"]
    assert two.split(",")[0] == "online_retail"


def test_a_program_takes_an_inherited_embedded_setting_not_for_the_users(home: Path) -> None:
    parent = load(home)
    (home / "engines.env").write_text(EMBEDDED.replace("15432", "15999"))
    assert load(home, **parent)["POSTGRES_PORT"] == "15999"
    assert "POSTGRES_PORT" not in load(home, "POSTGRES_HOST=db.example\n", **parent)


def test_what_the_user_sets_for_one_program_is_the_users(home: Path) -> None:
    child = load(home, **{**load(home), "POSTGRES_HOST": "db.example"})
    assert child["POSTGRES_HOST"] == "db.example"
    assert "POSTGRES_PORT" not in child
    assert load(home, **{**load(home), "POSTGRES_PORT": "1"})["POSTGRES_PORT"] == "1"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("POSTGRES_PASSWORD=plain", "plain"),
        ("export POSTGRES_PASSWORD = spaced ", "spaced"),
        ("POSTGRES_PASSWORD='a # b'", "a # b"),
        ('POSTGRES_PASSWORD="$HOME"', "$HOME"),
        ("POSTGRES_PASSWORD=a=b#c'", "a=b#c'"),
        ("\ufeffPOSTGRES_PASSWORD=pässwörd", "pässwörd"),
        (os.fsdecode(b"POSTGRES_PASSWORD=p\xe4ss"), os.fsdecode(b"p\xe4ss")),
        ("# POSTGRES_PASSWORD=no\nPOSTGRES_PASSWORD=yes", "yes"),
    ],
)
def test_how_a_line_of_the_file_is_read(home: Path, line: str, value: str) -> None:
    assert load(home, line)["POSTGRES_PASSWORD"] == value


def test_a_secret_may_lie_in_a_file(home: Path) -> None:
    (home / "secret").write_text("s3cret=#\n")
    own = f"POSTGRES_HOST=db.example\nPOSTGRES_PASSWORD_FILE={home / 'secret'}\n"
    settings = load(home, own)
    assert settings["POSTGRES_PASSWORD"] == "s3cret=#"  # noqa: S105
    assert settings["DBT_ENV_SECRET_POSTGRES_PASSWORD"] == "s3cret=#"  # noqa: S105
    assert load(home, own, POSTGRES_PASSWORD="mine")["POSTGRES_PASSWORD"] == "mine"  # noqa: S105, S106


def test_a_secret_that_cannot_be_read_is_named(home: Path) -> None:
    lost = str(home / "lost")
    warehouse = Warehouse(home, {"POSTGRES_HOST": "db.example", "POSTGRES_PASSWORD_FILE": lost})
    done = warehouse.run("warehouse", "status", check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"warehouse: POSTGRES_PASSWORD_FILE names {lost}, which cannot be read: "
        "No such file or directory\n"
    )


def test_dbt_keeps_passwords_out_of_its_logs(home: Path) -> None:
    assert load(home)["DBT_ENV_SECRET_POSTGRES_PASSWORD"] == "embedded"  # noqa: S105


def test_every_program_has_the_settings(home: Path) -> None:
    warehouse = Warehouse(home, {"PATH": os.defpath})
    done = warehouse.run("python", "-c", "import json, os; print(json.dumps(dict(os.environ)))")
    settings = json.loads(done.stdout)
    assert settings["POSTGRES_PORT"] == "15432"
    assert settings["DBT_PROJECT_DIR"] == str(environment.ROOT)
    assert settings["PATH"].split(os.pathsep)[0] == str(Path(sys.prefix) / "bin")


def test_python_starts_without_the_checkout_or_its_settings(home: Path, tmp_path: Path) -> None:
    virtual = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", virtual], check=True)
    python = virtual / "bin" / "python"
    with_checkout = {"PYTHONPATH": str(environment.ROOT), "WAREHOUSE_HOME": str(home)}
    subprocess.run([python, "-m", "warehouse.setup_environment"], check=True, env=with_checkout)

    def port(environ: dict[str, str]) -> tuple[str, str]:
        program = "import os; print(os.environ.get('POSTGRES_PORT'))"
        done = subprocess.run(
            [python, "-c", program], env=environ, capture_output=True, text=True, check=True
        )
        return done.stdout.strip(), done.stderr

    assert port(with_checkout) == ("15432", "")
    assert port({}) == ("None", "")
    # A folder cannot be read as a file, nor, by an ordinary user, can the file of another.
    assert port({**with_checkout, "WAREHOUSE_ENV_FILE": str(home)}) == ("None", "")
