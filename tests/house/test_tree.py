"""What must hold for the tree as a whole."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)
# A machine's own paths and registries; written so that this file does not find itself.
FOREIGN = re.compile(
    rb"/(?:home|Users|root|opt|work|tmp)/[a-z]|(?:pypi|files)\.python" + rb"hosted|pypi\.o" + rb"rg/simple"
)
ALLOWED = {"/opt/lookout", "/tmp/lookout"}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 40


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).is_file()]


def test_hadolint_has_nothing_to_say_about_the_dockerfile():
    hadolint = Path(sys.executable).with_name("hadolint")
    said = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (said.stdout, said.returncode) == ("", 0)


def test_the_image_gets_every_folder_that_the_code_reads():
    copied = set(re.findall(r"^COPY (?!--from)(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_in == {"migrations", "openapi", "requirements-server.lock", "service"}


def test_every_lock_pins_the_same_versions():
    pins = {
        name: dict(PIN.findall((ROOT / name).read_text()))
        for name in ("requirements.lock", "requirements-dev.lock", "requirements-server.lock")
    }
    full = pins["requirements-dev.lock"]
    assert full
    for pinned in pins.values():
        assert pinned == {name: full.get(name) for name in pinned}


def test_every_dependency_that_is_declared_is_locked():
    from configparser import ConfigParser

    declared = ConfigParser()
    declared.read(ROOT / "setup.cfg")
    extras = declared["options.extras_require"]
    wanted = declared["options"]["install_requires"] + "".join(extras[name] for name in extras)
    names = {re.split(r"[ \[<>=~]", line)[0].lower() for line in wanted.strip().splitlines()}
    assert names <= set(dict(PIN.findall((ROOT / "requirements-dev.lock").read_text())))


def test_every_make_command_that_the_readme_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named <= targets


def test_bare_make_prints_every_command():
    said = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in said.splitlines()] == targets


def test_no_file_names_a_machine_of_ours_or_a_registry():
    found = {
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in tracked()
        for match in FOREIGN.finditer(path.read_bytes())
        if not any(path.read_bytes()[match.start() :].startswith(allowed.encode()) for allowed in ALLOWED)
    }
    assert not found


def test_the_rules_for_imports_are_kept():
    lint = Path(sys.executable).with_name("lint-imports")
    said = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


def test_no_file_and_no_function_is_too_long_to_be_read_at_once():
    files = {path: path.read_text() for path in tracked("*.py", "*.js", "*.css", "*.html")}
    long = [(path.name, "", len(text.splitlines())) for path, text in files.items()]
    for path, text in files.items():
        nodes = ast.walk(ast.parse(text)) if path.suffix == ".py" else ()
        functions = (node for node in nodes if isinstance(node, ast.FunctionDef))
        long += [(path.name, one.name, one.end_lineno - one.body[0].lineno + 1) for one in functions]
    assert not [row for row in long if row[2] > (MOST_LINES_OF_A_FUNCTION if row[1] else MOST_LINES)]
