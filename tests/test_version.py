"""One version number, everywhere the same, and a CITATION.cff of the Citation File Format 1.2.0."""

import datetime
import json
import re
from pathlib import Path

import pytest

from mnist1d import __version__

ROOT = Path(__file__).parents[1]
# of the format's guide: keys of a file, of what it refers to, of a person, of an entity
FILE = {
    *("abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi"),
    *("identifiers", "keywords", "license", "license-url", "message", "preferred-citation"),
    *("references", "repository", "repository-artifact", "repository-code", "title", "type"),
    *("url", "version"),
}
REFERENCE = {
    *("abstract", "authors", "collection-title", "conference", "doi", "identifiers", "issue"),
    *("journal", "month", "pages", "publisher", "title", "type", "url", "volume", "year"),
}
NAMES = {"family-names", "given-names", "name-particle", "name-suffix", "orcid", "affiliation"}
ENTITY = {"name", "website", "orcid", "email", "city", "country"}


@pytest.fixture
def citation():
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with jupytext")
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_there_is_one_version_number():
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {__version__}\n" in citation
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__
    assert (
        re.search(r"^version\s*=\s*\"", (ROOT / "pyproject.toml").read_text(), re.MULTILINE) is None
    )


def test_the_committed_notebooks_install_this_version():
    notebooks = sorted((ROOT / "labs" / "lessons" / "notebooks").glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        text = json.dumps(json.loads(path.read_text(encoding="utf-8")))
        assert set(re.findall(r"mnist1d-labs\[labs\]==([0-9.]+)", text)) == {__version__}, path.name


def test_the_citation_has_what_its_format_asks_for(citation):
    assert citation["cff-version"] == "1.2.0"
    assert citation.keys() >= {"cff-version", "message", "title", "authors"}
    assert citation.keys() <= FILE
    assert citation["type"] in ("software", "dataset")
    assert isinstance(citation["version"], str)
    assert datetime.date.fromisoformat(citation["date-released"])
    assert citation["license"] == "Apache-2.0"


def test_the_citation_names_persons_and_entities(citation):
    for one in [citation, *citation["references"]]:
        assert one["authors"]
        assert all(who.keys() <= NAMES or who.keys() <= ENTITY for who in one["authors"])


def test_the_citation_refers_to_the_paper(citation):
    (paper,) = citation["references"]
    assert paper.keys() >= {"type", "title", "authors"}
    assert paper.keys() <= REFERENCE
    assert (paper["type"], paper["year"]) == ("conference-paper", 2024)
    for identifier in paper["identifiers"]:
        assert identifier["type"] in ("doi", "url", "swh", "other")
        assert isinstance(identifier["value"], str)
