"""Where results come from: two machines that round otherwise are not of one kind."""

import platform

import pytest

from labs.kit.provenance import processor

EPYC = """processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: {family}
model\t\t: {model}
model name\t: AMD EPYC
flags\t\t: fpu sse2 avx f16c {flags}

processor\t: 1
model\t\t: 99
"""


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Function: the kind of processor where Linux says a text of it."""
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)

    def told(text):
        path = tmp_path / "cpuinfo"
        path.write_text(text, encoding="utf-8")
        return processor(path)

    return told


def test_processors_of_one_name_are_told_apart(told):
    milan, genoa, hidden = (
        told(EPYC.format(family=25, model=model, flags=flags))
        for model, flags in [(1, "avx2"), (17, "avx2 avx512f avx512bw"), (17, "avx2")]
    )
    assert milan == "AMD EPYC (family 25, model 1, avx2)"
    assert genoa == "AMD EPYC (family 25, model 17, avx512f)"
    assert hidden == "AMD EPYC (family 25, model 17, avx2)"


def test_two_that_multiply_with_other_kernels_are_told_apart(told, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "SkylakeX")
    turin = told(EPYC.format(family=26, model=2, flags="avx2 avx512f"))
    assert turin == "AMD EPYC (family 26, model 2, avx512f, SkylakeX kernels)"


def test_a_processor_is_told_by_what_its_system_says(told, tmp_path):
    here = platform.processor() or platform.machine()
    arm = told("processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n")
    assert arm == f"{here} (maker 0x41, part 0xd0c)"
    assert here
    assert told("") == processor(tmp_path / "none") == here
