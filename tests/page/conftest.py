"""The page, built once, and one browser without a network for all tests that open it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from labs import LABS
from labs.kit.lab import load
from labs.page import build

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of all labs."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    build.write([load(LABS, name) for name in LABS], path)
    return path


@pytest.fixture(scope="session")
def bench_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of no lab: explorer and quiz alone, which open faster."""
    path = tmp_path_factory.mktemp("bench") / "page.html"
    path.write_text(build.page([]), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any) -> Callable[..., Any]:
    """Return a context that opens a file in an offline browser; at its end nothing has been said
    on the console, and nothing but the file was asked for."""

    @contextmanager
    def opened(path: Path, address: str = "", **options: Any) -> Iterator[Any]:
        said: list[str] = []
        asked: list[str] = []
        options = {
            "viewport": {"width": 1440, "height": 900},
            "reduced_motion": "reduce",
            **options,
        }
        context = browser.new_context(offline=True, **options)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri() + address)
        yield page
        context.close()
        assert said == []
        files = {url.partition("#")[0] for url in asked if not url.startswith(("data:", "blob:"))}
        assert files == {path.as_uri()}

    return opened
