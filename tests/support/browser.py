"""Headless Chromium, driven over the pipe of its DevTools protocol: pages, keys, values, pictures."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]
START = """import fcntl, os, sys
pipe = [fcntl.fcntl(int(place), fcntl.F_DUPFD, 10) for place in sys.argv[1:3]]
for place, number in zip(pipe, (3, 4)):  # Chromium reads commands from 3 and answers on 4
    os.dup2(place, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
KEYS = {"Backspace": 8, "Tab": 9, "Enter": 13, "ArrowLeft": 37, "ArrowRight": 39, " ": 32}


class Browser:
    """One page of a browser of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="symlstm-browser-")
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()

        pipe = (theirs_in, theirs_out)
        self._process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, pipe), str(PROGRAM), *OPTIONS, f"--user-data-dir={self._folder}"],
            pass_fds=pipe,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._numbers, self._rest = itertools.count(1), b""
        self.messages: list[Any] = []
        [target] = [t for t in self._send("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        attached = self._send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._folder, ignore_errors=True)

    def send(self, method: str, **parameters: Any) -> Any:
        return self._send(method, self._session, **parameters)

    def _send(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.messages.append(answer)

    def _receive(self) -> Any:
        while b"\0" not in self._rest:
            data = os.read(self._in, 1 << 16)
            if not data:
                raise RuntimeError("the browser has ended")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def open(self, path: Path, width: int, height: int = 900) -> None:
        """Opens a file, in a window of that size, and waits until it is loaded."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.send("Emulation.setDeviceMetricsOverride", **size)
        self.messages.clear()
        self.send("Page.navigate", url=path.resolve().as_uri())
        address = json.dumps(path.resolve().as_uri())
        while not self.value(f"location.href === {address} && document.readyState === 'complete'"):
            time.sleep(0.01)

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript is, as JSON. Raises what the page raises."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["exception"]["description"])
        return found["result"].get("value")

    def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            code = KEYS.get(key, ord(key.upper()) if len(key) == 1 else 0)
            text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
            for kind in ("keyDown", "keyUp"):
                event = {"type": kind, "key": key, "windowsVirtualKeyCode": code} | (text if kind == "keyDown" else {})
                self.send("Input.dispatchKeyEvent", **event)

    def picture(self, path: Path) -> None:
        """The whole page as a PNG file."""
        found = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    @property
    def complaints(self) -> list[str]:
        """Errors that the page or its script made since it was opened, and addresses that it asked for."""
        found = []
        for message in self.messages:
            method, parameters = message.get("method"), message.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"]["exception"]["description"])
            if method == "Log.entryAdded":
                found.append(parameters["entry"]["text"])
            if method == "Network.requestWillBeSent" and not parameters["request"]["url"].startswith(
                ("file:", "chrome:")
            ):
                found.append(parameters["request"]["url"])
        return found
