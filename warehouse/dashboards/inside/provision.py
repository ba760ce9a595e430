# mypy: disable-error-code="import-not-found, import-untyped, no-untyped-def"
"""Brings Superset's own database up to date: tables, roles, users, and what is to be shown.

Run by Superset's environment: one process, as each start of Superset's command takes seconds.
"""

import os
import sys
from pathlib import Path

from flask_migrate import upgrade
from superset.app import create_app

ROLE = "Dashboard viewer"


def main(folder: Path) -> None:
    """Do it.

    Args:
        folder: The files to import.
    """
    app = create_app()
    with app.app_context():
        upgrade()
    # Anew: roles are only complete in an application that found its tables at the start.
    app = create_app()
    with app.app_context():
        from superset import appbuilder, db, security_manager

        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        _user("admin", os.environ["DASHBOARDS_ADMIN_PASSWORD"], "Admin")
        _import(folder)
        _let_viewers_see(security_manager)
        _user("viewer", os.environ["DASHBOARDS_VIEWER_PASSWORD"], ROLE)
        db.session.commit()


def _import(folder: Path) -> None:
    from flask import g
    from superset import security_manager
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    g.user = security_manager.find_user("admin")
    contents = {
        str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.yaml")
    }
    ImportAssetsCommand(contents).run()


def _let_viewers_see(manager) -> None:
    """What Superset lets the public see, the list of dashboards, and the data of the charts."""
    from superset import db
    from superset.connectors.sqla.models import SqlaTable

    manager.set_role(ROLE, manager._is_public_pvm, manager._get_all_pvms())
    role = manager.find_role(ROLE)
    for permission, view in (("menu_access", "Dashboards"), ("can_log", "Superset")):
        manager.add_permission_role(role, manager.add_permission_view_menu(permission, view))
    for dataset in db.session.query(SqlaTable):
        pair = manager.add_permission_view_menu("datasource_access", dataset.get_perm())
        manager.add_permission_role(role, pair)


def _user(name: str, password: str, role: str) -> None:
    from superset import security_manager as manager

    user = manager.find_user(name)
    if user is None:
        address = f"{name}@localhost"
        manager.add_user(name, name.title(), "", address, manager.find_role(role), password)
    else:
        manager.reset_password(user.id, password)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
