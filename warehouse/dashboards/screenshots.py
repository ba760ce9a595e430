"""Draws each dashboard as a viewer sees it, at a desk and on a telephone, and tells what failed."""

import asyncio
import time
from pathlib import Path

from warehouse import terminal
from warehouse.dashboards import keys
from warehouse.dashboards.browser import Page, page
from warehouse.dashboards.definitions import dashboards
from warehouse.errors import UserError

_DESK = 1280
_TELEPHONE = 390

# In the place of a chart there is a wheel that turns, then the chart, or an alert.
_PLACES = "[...document.querySelectorAll('[data-test=dashboard-component-chart-holder]')]"
_BUSY = "[data-test=loading-indicator], .loading"
_DONE = "[data-test=chart-container], .ant-alert"
_DRAWN = f"""
    {_PLACES}.length > 0
    && {_PLACES}.every(each => each.querySelector("{_DONE}") && !each.querySelector("{_BUSY}"))
"""
_FAILED = f"""
    {_PLACES}.filter(
        each => each.querySelector(".ant-alert") || each.innerText.includes("No results")
    ).map(each => each.innerText)
"""
_HEIGHT = "Math.ceil(document.querySelector('.grid-container').getBoundingClientRect().bottom) + 16"
# Animations are over, and the grid has settled.
_SETTLING_SECONDS = 2.0


def draw_all(address: str, folder: Path) -> None:
    """Write the pictures.

    Raises:
        UserError: There is no browser, or a chart is not drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_draw_all(address, folder))


async def _draw_all(address: str, folder: Path) -> None:
    async with page() as tab:
        await tab.size(_DESK, 900)
        await _enter(tab, address)
        for name in dashboards():
            for place, width in (("", _DESK), ("-telephone", _TELEPHONE)):
                path = folder / f"{name.replace('_', '-')}{place}.png"
                page_address = f"{address}/superset/dashboard/{name.replace('_', '-')}/"
                seconds = await _draw(tab, page_address, width)
                if failed := await tab.evaluate(_FAILED):
                    raise UserError(f"{name}: not drawn: {' | '.join(failed)}")
                path.write_bytes(await tab.picture())
                terminal.say(f"drawn {path} ({terminal.duration(seconds)})")


async def _enter(tab: Page, address: str) -> None:
    await tab.open(f"{address}/login/", "!!document.querySelector('#csrf_token')")
    password = keys.keys().viewer
    await tab.evaluate(
        f"""fetch('/login/', {{method: 'POST', body: new URLSearchParams({{
            csrf_token: document.querySelector('#csrf_token').value,
            username: '{keys.VIEWER}', password: '{password}',
        }})}}).then(answer => answer.status)"""
    )


async def _draw(tab: Page, address: str, width: int) -> float:
    """Open a dashboard in a window as high as it is; returns the seconds until all was drawn."""
    is_telephone = width == _TELEPHONE
    await tab.size(width, 900, mobile=is_telephone)
    began = time.monotonic()
    await tab.open(address, _DRAWN)
    seconds = time.monotonic() - began
    await asyncio.sleep(_SETTLING_SECONDS)
    await tab.size(width, int(await tab.evaluate(_HEIGHT)), mobile=is_telephone)
    await asyncio.sleep(_SETTLING_SECONDS)
    return seconds
