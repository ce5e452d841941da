"""One version number, everywhere the same."""

import re
from pathlib import Path

from mnist1d import __version__

ROOT = Path(__file__).parents[1]


def test_there_is_one_version_number():
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {__version__}\n" in citation
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__
    assert (
        re.search(r"^version\s*=\s*\"", (ROOT / "pyproject.toml").read_text(), re.MULTILINE) is None
    )
