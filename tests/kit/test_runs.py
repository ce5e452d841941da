"""What runs leave behind in `sessions/`: settings, looks, networks, and how old each rule is."""

import json

from labs.kit.cli import main

REGISTER = {"toy": "tests.toy_lab"}


def _check(out, capsys):
    assert main(REGISTER, ["check", "toy", "--out", str(out)]) == 0
    return capsys.readouterr().out


def only_session(out):
    (path,) = (out / "toy" / "quick" / "sessions").iterdir()
    return json.loads(path.read_text()), path


def test_settings_of_one_folder_are_never_mixed(tmp_path, capsys):
    words = ["--preset", "smoke", "--jobs", "1", "--out", str(tmp_path)]
    folder = tmp_path / "toy" / "smoke"
    assert main(REGISTER, ["run", "all", *words]) == 0
    before = (folder / "claims.json").read_bytes()
    assert main(REGISTER, ["run", "toy", "--set", "tosses=60", *words]) == 0
    text = capsys.readouterr().out
    assert "tosses=60*" in text
    assert "(with 4 networks of other settings, not judged)" in " ".join(text.split())
    assert (folder / "claims.json").read_bytes() != before
    assert "tosses=60*" in _check(tmp_path, capsys)
    assert main(REGISTER, ["run", "toy", "--set", "accident=raise", *words]) == 1
    assert not list(folder.glob("*.csv")), "outputs of other settings than those of the last run"
    assert main(REGISTER, ["run", "toy", *words]) == 0
    assert (folder / "claims.json").read_bytes() == before


def test_results_of_another_version_are_named(tmp_path, capsys):
    words = ["toy", "--preset", "smoke", "--out", str(tmp_path)]
    assert main(REGISTER, ["run", *words, "--jobs", "1"]) == 0
    (path,) = (tmp_path / "toy" / "smoke" / "sessions").iterdir()
    path.write_text(path.read_text().replace('"version": 1', '"version": 7'))
    assert main(REGISTER, ["check", *words]) == 1
    assert "must hold version 1 of lab 'toy', got version 7" in capsys.readouterr().err


def test_wall_time_adds_up_over_sessions(tmp_path):
    words = ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(tmp_path)]
    main(REGISTER, [*words, "--shard", "1/2"])
    main(REGISTER, words)
    main(REGISTER, words)
    run = json.loads((tmp_path / "toy" / "smoke" / "run.json").read_text())
    assert [s["networks_trained"] for s in run["sessions"]] == [2, 2]


def test_until_decided_goes_on_while_published_claims_are_open(tmp_path, capsys):
    words = ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(tmp_path)]
    assert main(REGISTER, [*words, "--until-decided"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "looks at 2, 4, 8 replicates, now 2" in text
    assert "The next look is at 4 replicates: 4 more networks" in text
    assert "T1 holds at 8" in text
    run = json.loads((tmp_path / "toy" / "smoke" / "run.json").read_text())
    assert (run["looks"], run["replicates"], run["networks"]) == ([2, 4, 8], 8, 16)
    assert [s["networks_trained"] for s in run["sessions"]] == [4, 4, 8]
    # The looks that were spent stay spent, and no look has changed the records of an earlier one.
    assert main(REGISTER, words) == 0
    assert "0 to train now" in capsys.readouterr().out
    shorter = ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(tmp_path / "short")]
    assert main(REGISTER, shorter) == 0
    for path in (tmp_path / "short").rglob("cells/*.json"):
        assert (tmp_path / "toy" / "smoke" / "cells" / path.name).read_bytes() == path.read_bytes()


def test_a_look_that_was_not_planned_is_said(tmp_path, capsys):
    words = ["run", "toy", "--preset", "smoke", "--jobs", "1", "--out", str(tmp_path)]
    said = "Judged before at 6 replicates, which was no planned look"
    for more, expected in (
        (["--set", "replicates=6"], False),
        (["--set", "replicates=6"], False),  # the same again is no other look
        (["--set", "replicates=9"], True),
        (["--set", "replicates=9", "tosses=60"], False),  # other networks
        (["--set", "replicates=9"], True),
    ):
        assert main(REGISTER, [*words, *more]) == 0
        assert (said in " ".join(capsys.readouterr().out.split())) == expected
    plain = [*words[:-1], str(tmp_path / "plain"), "--set", "replicates=6"]
    assert main(REGISTER, plain) == 0
    assert main(REGISTER, [*plain, "--until-decided"]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


def test_a_younger_rule_is_marked(tmp_path, capsys):
    words = ["toy", "--preset", "quick", "--out", str(tmp_path)]
    assert main(REGISTER, ["run", *words, "--jobs", "1"]) == 0
    session, path = only_session(tmp_path)
    session["rules"]["T1"] |= {"threshold": "above 20 points", "rule": "another"}
    del session["rules"]["T2"]
    path.write_text(json.dumps(session))
    capsys.readouterr()
    assert main(REGISTER, ["check", *words]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "T1 holds†" in text
    assert "T1: † the rule was above 20 points when training started." in text
    assert "T2: † the claim was added after training had started." in text


def test_another_run_in_between_does_not_make_a_rule_older(tmp_path, capsys):
    words = ["toy", "--preset", "quick", "--jobs", "1", "--out", str(tmp_path)]
    assert main(REGISTER, ["run", *words]) == 0
    session, path = only_session(tmp_path)
    session["rules"]["T1"] |= {"threshold": "above 20 points", "rule": "another"}
    session["session"]["rules"] = "earlier"
    path.write_text(json.dumps(session))
    assert main(REGISTER, ["run", *words, "--set", "tosses=50"]) == 0
    assert "†" not in capsys.readouterr().out.partition("Interval:")[0]
    assert main(REGISTER, ["run", *words]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "T1: † the rule was above 20 points when training started." in text
