"""`warehouse dashboards`: sets Superset up, imports `dashboards/`, and serves them."""

from pathlib import Path

import click

from warehouse import environment, terminal
from warehouse.dashboards import definitions, keys, rendering, server
from warehouse.dashboards.addresses import addresses
from warehouse.dashboards.presence import present
from warehouse.engines import lifecycle
from warehouse.engines.lock import exclusive


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8088, show_default=True)
@click.option("--stop", is_flag=True, help="Stop them.")
@click.option("--stay", is_flag=True, help="Stay until they end, as a service does.")
@click.option(
    "--screenshots",
    type=click.Path(path_type=Path, file_okay=False),
    help="Draw each into this folder, by a headless Chromium.",
)
def dashboards(host: str, port: int, stop: bool, stay: bool, screenshots: Path | None) -> None:
    """Show the dashboards; what is there already is left as it is."""
    superset = server.Superset(environment.home())
    if stop:
        terminal.say(f"Superset   {'stopped' if superset.stop() else 'was not running'}")
        return
    # What a service says is kept in a log, where no password belongs.
    _show(superset, host, port, tells_passwords=not stay)
    if stay:
        superset.stay()
    if screenshots:
        from warehouse.dashboards.screenshots import draw_all

        draw_all(superset.address() or "", screenshots)


def _show(superset: server.Superset, host: str, port: int, *, tells_passwords: bool) -> None:
    lifecycle.ensure_up()
    server.install()
    with exclusive(superset.home, "dashboards"):
        kept = keys.keys()
        shown = {name: present(each) for name, each in definitions.dashboards().items()}
        rendered = rendering.files(shown, addresses())
        wanted = rendering.checksum({**rendered, **_code()})
        imported = superset.data / "imported"
        is_new = not imported.exists()
        if is_new or imported.read_text("utf-8") != wanted:
            terminal.say("Superset   setting up, and importing the dashboards")
            imported.unlink(missing_ok=True)
            superset.stop()  # another release may have come, with other tables
            superset.bring_up_to_date(rendered, kept)
            imported.write_text(wanted, "utf-8")
        address = superset.start(kept, host, port)
    terminal.say(f"Dashboards: {address}/dashboard/list/ ('make dashboards-stop' stops them)")
    if is_new and tells_passwords:
        terminal.say(f"   {keys.ADMIN:8} {kept.admin}")
        terminal.say(f"   {keys.VIEWER:8} {kept.viewer}     (sees, and changes nothing)")
    terminal.say(f"The passwords are in {keys.path()}")


def _code() -> dict[str, str]:
    """What of Superset itself asks for a new import when it changes."""
    files: list[Path] = [
        environment.ROOT / "requirements" / "superset.txt",
        *sorted((Path(__file__).parent / "inside").glob("*.py")),
    ]
    return {path.name: path.read_text("utf-8") for path in files}
