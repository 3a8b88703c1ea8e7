"""`lookout keys`: what it prints, what it keeps, and that a mistake is a sentence."""

import json
import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from service.cli import main
from service.embedded.postgres import make_database


@pytest.fixture
def database(monkeypatch, fresh_facade_database_url) -> str:
    monkeypatch.setenv("LOOKOUT_FACADE_DATABASE_URL", fresh_facade_database_url)
    return fresh_facade_database_url


@pytest.fixture
def lookout(capsys):
    """`lookout("keys", …)`: exit code, standard output and standard error."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*words])
        return code, *capsys.readouterr()

    return run


def create(lookout, *words: str) -> dict:
    code, out, _ = lookout("keys", "create", "--team", "plant", *words, "--json")
    assert code == 0
    return json.loads(out)


def listed(lookout, *words: str) -> list[dict]:
    return json.loads(lookout("keys", "list", "--json", *words)[1])


def test_a_new_key_is_printed_alone_and_all_about_it_beside(lookout, database):
    code, out, err = lookout("keys", "create", "--team", "plant", "--scopes", "operate,read", "--name", "historian")

    assert code == 0
    assert re.fullmatch(r"lk_\w{10}_\w{49}\n", out)
    assert "of team plant may read, operate and expires on" in err
    assert out.strip() not in err


def test_a_key_is_shown_once_and_kept_by_its_hash(lookout, database):
    key = create(lookout)["key"]

    assert key not in "".join(str(part) for part in (lookout("keys", "list"), lookout("keys", "list", "--json")))
    with psycopg.connect(database) as connection:
        kept = str(connection.execute("SELECT * FROM api_keys").fetchall())
    assert key.split("_")[1] in kept
    assert key.split("_")[2] not in kept


def test_a_key_expires_after_a_year_or_as_said_or_never(lookout, database):
    def lifetime(*words: str) -> timedelta | None:
        made = create(lookout, *words)
        return made["expires_at"] and datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)

    assert timedelta(days=364) < lifetime() < timedelta(days=366)
    assert timedelta(days=6) < lifetime("--expires-in", "7") < timedelta(days=8)
    assert lifetime("--expires-in", "never") is None


def test_a_key_reads_and_operates_where_nothing_is_said(lookout, database):
    assert create(lookout)["scopes"] == ["read", "operate"]


def test_the_list_is_a_table_for_people(lookout, database):
    create(lookout, "--name", "historian")
    heading, row = lookout("keys", "list")[1].splitlines()

    assert heading.split("  ")[0] == "ID"
    assert row.index("plant") == heading.index("TEAM")
    assert "read,operate" in row
    assert row.endswith("-")  # never used


def test_an_empty_list_is_its_heading(lookout, database):
    assert lookout("keys", "list")[1] == "ID  TEAM  SCOPES  NAME  STATE  CREATED  EXPIRES  LAST USED\n"


def test_the_list_of_a_team_is_of_that_team(lookout, database):
    mine = create(lookout)["id"]
    lookout("keys", "create", "--team", "other")

    assert [key["id"] for key in listed(lookout, "--team", "plant")] == [mine]
    assert len(listed(lookout)) == 2


def test_a_revoked_key_stays_in_the_list_and_may_be_revoked_again(lookout, database):
    made = create(lookout)
    for _ in range(2):
        code, out, _ = lookout("keys", "revoke", made["id"])
        assert (code, "is revoked; within 5 seconds" in out) == (0, True)

    assert [key["state"] for key in listed(lookout)] == ["revoked"]


def test_an_unknown_id_is_one_sentence(lookout, database):
    assert lookout("keys", "revoke", "nothing") == (
        1,
        "",
        "There is no key nothing: `lookout keys list` shows the ids.\n",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--team", "Plant 7"], "is no team name"),
        (["--team", "plant", "--scopes", "write"], "there is no scope 'write': there are read, operate, admin"),
        (["--team", "plant", "--scopes", ""], "there is no scope ''"),
        (["--team", "plant", "--expires-in", "0"], "neither `never` nor a number of days"),
        (["--team", "plant", "--expires-in", "soon"], "neither `never` nor a number of days"),
        (["--team", "plant", "--name", "a\nb"], "visible ASCII characters"),
        ([], "--team"),
    ],
    ids=str,
)
def test_a_value_that_is_not_allowed_is_refused_with_a_sentence(capsys, words, said):
    with pytest.raises(SystemExit, match="2"):
        main(["keys", "create", *words])
    assert said in capsys.readouterr().err


def test_without_a_setting_and_without_a_stack_the_command_says_what_to_do(lookout, monkeypatch, tmp_path):
    monkeypatch.setenv("LOOKOUT_DATA_DIR", str(tmp_path))
    code, _, err = lookout("keys", "list")

    assert code == 1
    assert err.startswith(f"nothing runs on {tmp_path}: start `lookout up`")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_away_is_one_sentence(lookout, monkeypatch, tmp_path):
    monkeypatch.setenv("LOOKOUT_FACADE_DATABASE_URL", f"postgresql://lookout@/facade?host={tmp_path}")
    code, _, said = lookout("keys", "list")
    assert code == 1
    assert said.startswith("The facade's database cannot be reached: ")
    assert str(tmp_path) in said
    assert said.count("\n") == 1


def test_a_database_without_tables_is_one_sentence(lookout, monkeypatch, postgres_sockets):
    monkeypatch.setenv("LOOKOUT_FACADE_DATABASE_URL", make_database(postgres_sockets, "postgres"))
    assert lookout("keys", "list")[2] == "The facade's database has no table of keys: run `lookout migrate` first.\n"
