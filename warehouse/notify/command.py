"""`warehouse notify-test`: sends a message, so that one knows that it arrives."""

import click

from warehouse import terminal
from warehouse.errors import UserError
from warehouse.notify import channels
from warehouse.notify.message import TEST, Message


@click.command()
def notify_test() -> None:
    """Send a message by each channel that a setting names."""
    names = [name for name, _ in channels.named()]
    if not names:
        raise UserError(
            "no channel is named: set WAREHOUSE_NOTIFY_EMAIL, WAREHOUSE_NOTIFY_SLACK or "
            "WAREHOUSE_NOTIFY_WEBHOOK (docs/orchestration.md)"
        )
    if failed := channels.send(Message(TEST, road="")):
        raise UserError(f"{len(failed)} of {len(names)} channels failed")
    terminal.say(f"sent by {', '.join(names)}")
