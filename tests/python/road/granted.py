"""Tries statements on an engine of its own, each with the rights of a role: for a process alone.

Its arguments are a folder, and JSON: the grants by role, the statements that make what is there,
and the pairs of role and statement to try. It prints the errors in their order, "" for none.
"""

import json
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import chdb

USERS = """
<clickhouse>
    <profiles><default/></profiles><quotas><default/></quotas>
    <roles><all><grants><query>GRANT ALL ON *.*</query></grants></all>{roles}</roles>
    <users><default>
        <no_password/><networks><ip>::/0</ip></networks>
        <profile>default</profile><quota>default</quota>
        <grants><query>GRANT {names} </query></grants>
    </default></users>
</clickhouse>
"""


def main() -> None:
    folder, wanted = Path(sys.argv[1]), json.loads(sys.argv[2])
    roles = ""
    for role, grants in wanted["grants"].items():
        queries = "".join(f"<query>{escape(each)}</query>" for each in grants)
        roles += f"<{role}><grants>{queries}</grants></{role}>"
    names = ", ".join(["all", *wanted["grants"]])
    (folder / "users.xml").write_text(USERS.format(roles=roles, names=names))
    config = folder / "config.xml"
    config.write_text(
        f"<clickhouse><users_config>{folder / 'users.xml'}</users_config></clickhouse>"
    )
    engine = f"{folder / 'engine'}?config-file={config}&log-level=error"
    anchor = chdb.connect(engine)  # type: ignore[no-untyped-call]
    for statement in wanted["there"]:
        anchor.query(statement)
    print(json.dumps([_tried(engine, role, statement) for role, statement in wanted["tried"]]))


def _tried(engine: str, role: str, statement: str) -> str:
    handle = chdb.connect(engine)  # type: ignore[no-untyped-call]
    handle.query(f"SET ROLE {role}")
    try:
        handle.query(statement)
    except RuntimeError as error:
        return str(error)
    finally:
        handle.close()
    return ""


if __name__ == "__main__":
    main()
