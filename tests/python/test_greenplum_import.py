"""dbt-greenplum can be imported, and whether that still takes warehouse/greenplum_import.py."""

import subprocess
import sys

IMPORT = "import dbt.adapters.greenplum"


def run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", program], capture_output=True, text=True, check=False
    )


def test_dbt_greenplum_can_be_imported() -> None:
    done = run(IMPORT)
    assert done.returncode == 0, done.stderr


def test_dbt_itself_is_not_imported_before_it_is_wanted() -> None:
    done = run("import sys; print([name for name in sys.modules if name.startswith('dbt')])")
    assert done.stdout == "[]\n"


def test_without_the_provided_name_it_cannot_be_imported() -> None:
    remove = (
        "import sys; sys.meta_path = "
        "[f for f in sys.meta_path if type(f).__module__ != 'warehouse.greenplum_import']; "
    )
    done = run(remove + IMPORT)
    assert done.returncode != 0, (
        "dbt-greenplum now works with this dbt as it is: delete warehouse/greenplum_import.py, its "
        "call in warehouse/environment.py, this test, and the pins in requirements/overrides.txt"
    )
    assert "cannot import name 'AdapterLogger' from 'dbt.events'" in done.stderr
