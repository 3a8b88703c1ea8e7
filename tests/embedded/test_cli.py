"""The command line: what each command prints, and that a mistake is a sentence and not a traceback."""

import subprocess
import sys

import pytest

from service.cli import lookout, main
from service.settings import setting_fields


def test_settings_prints_every_setting_with_its_default_and_meaning(capsys):
    assert main(["settings"]) == 0
    said = capsys.readouterr().out
    assert all(f"{name}={entry.default}\n" in said for name, entry in setting_fields().items())
    assert all(entry.metadata["meaning"] in said for entry in setting_fields().values())


def test_the_help_has_every_command_in_one_section():
    shown = [command for commands in lookout.sections.values() for command in commands]
    assert sorted(command.name for command in shown) == sorted(lookout.commands)


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m service.cli settings | head -1; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_wrong_settings_are_one_message(monkeypatch, capsys):
    monkeypatch.setenv("LOOKOUT_S3_PROT", "9")
    monkeypatch.setenv("LOOKOUT_FACADE_PORT", "http")
    assert main(["up"]) == 1
    said = capsys.readouterr().err
    assert "LOOKOUT_S3_PROT: no such setting; did you mean LOOKOUT_S3_PORT?" in said
    assert "LOOKOUT_FACADE_PORT = 'http'" in said


def test_a_database_that_cannot_be_reached_is_one_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("LOOKOUT_ENGINE_DATABASE_URL", f"postgresql://lookout@/engine?host={tmp_path}")
    assert main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("The database of the engine cannot be brought up to date: ")
    assert said.count("\n") == 1


def test_a_house_that_answers_nobody_is_not_healthy(monkeypatch, free_port):
    monkeypatch.setenv("LOOKOUT_FACADE_PORT", str(free_port()))
    assert main(["healthy", "facade"]) == 1


def test_openapi_check_passes_when_the_files_are_what_the_code_says():
    assert main(["openapi", "--check"]) == 0


def test_openapi_check_names_a_file_that_is_not_up_to_date(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("service.cli.OPENAPI", tmp_path)
    assert main(["openapi", "--check"]) == 1
    assert f"{tmp_path}/openapi.json is not what the code says: run `make openapi`" in capsys.readouterr().err
    assert main(["openapi"]) == 0
    assert main(["openapi", "--check"]) == 0


def test_an_unknown_command_is_refused_with_the_nearest_one(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["upp"])
    assert "No such command 'upp'. Did you mean 'up'?" in capsys.readouterr().err


def test_an_unknown_process_is_refused_with_the_known_ones(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["run", "engin"])
    said = capsys.readouterr().err
    assert "'engine-worker'" in said
    assert "'facade'" in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_a_script_that_completes_our_commands(shell, capsys):
    assert main(["completion", shell]) == 0
    assert "_LOOKOUT_COMPLETE" in capsys.readouterr().out
