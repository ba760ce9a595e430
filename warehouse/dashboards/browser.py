"""A page in a headless Chromium, by its own protocol (https://chromedevtools.github.io/devtools-protocol)."""

import asyncio
import base64
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from warehouse.errors import UserError

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_START_SECONDS = 60


def program() -> str | None:
    """The browser of this machine, if it has one."""
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


class Page:
    """A tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sent = 0

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer; events in between are passed over."""
        self._sent += 1
        await self._socket.send_json({"id": self._sent, "method": method, "params": parameters})
        while True:
            answer = await self._socket.receive_json()
            if answer.get("id") == self._sent:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                found: dict[str, Any] = answer["result"]
                return found

    async def evaluate(self, script: str) -> Any:
        """The value of an expression, awaited if need be."""
        done = await self.command(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in done:
            raise RuntimeError(json.dumps(done["exceptionDetails"]))
        return done["result"].get("value")

    async def size(self, width: int, height: int, *, mobile: bool = False) -> None:
        """Make the window so large."""
        await self.command(
            "Emulation.setDeviceMetricsOverride",
            **{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile},
        )

    async def open(self, address: str, until: str, seconds: float = 120) -> None:
        """Go to an address and wait until an expression is true there.

        Raises:
            TimeoutError: It never was.
        """
        await self.command("Page.navigate", url=address)
        async with asyncio.timeout(seconds):
            while True:
                # In a page that is just being left there is nothing to evaluate in.
                with contextlib.suppress(RuntimeError):
                    if await self.evaluate(until):
                        return
                await asyncio.sleep(0.2)

    async def picture(self) -> bytes:
        """What is to be seen, as PNG."""
        done = await self.command("Page.captureScreenshot", format="png")
        return base64.b64decode(done["data"])


@asynccontextmanager
async def page() -> AsyncIterator[Page]:
    """A tab of a browser of its own, which ends with it."""
    found = program()
    if found is None:
        raise UserError("there is no Chromium here: install it (Debian: apt install chromium)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        line = [
            *(found, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}"),
            *("--hide-scrollbars", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]
        quiet = asyncio.subprocess.DEVNULL
        browser = await asyncio.create_subprocess_exec(*line, stdout=quiet, stderr=quiet)
        try:
            address = await _address(Path(folder))
            async with aiohttp.ClientSession() as session:
                async with session.put(f"{address}/json/new") as answer:
                    tab = await answer.json()
                async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as link:
                    yield Page(link)
        finally:
            with contextlib.suppress(ProcessLookupError):
                browser.terminate()
            await browser.wait()


async def _address(folder: Path) -> str:
    """Where it listens, which it writes down when it does."""
    async with asyncio.timeout(_START_SECONDS):
        while not (file := folder / "DevToolsActivePort").exists() or not file.read_text():
            await asyncio.sleep(0.05)
    return f"http://127.0.0.1:{file.read_text().splitlines()[0]}"
