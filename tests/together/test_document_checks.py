"""What reads, runs and checks our documents notices what is wrong in them."""

import document_commands
import pytest
from document_commands import Block, blocks_of
from document_runs import BlockRun, run_document
from shown_answers import differences

MESSAGE = 'HTTP/1.1 200 OK\r\nETag: "1f"\r\n\r\n{"a": 1}'


@pytest.fixture
def document(tmp_path, monkeypatch):
    monkeypatch.setattr(document_commands, "ROOT", tmp_path)

    def write(text: str) -> str:
        (tmp_path / "page.md").write_text(text)
        return "page.md"

    return write


def answered(language: str, shown: str, answer: str) -> list[str]:
    return differences(BlockRun(Block(1, "", None, language, shown), True, (), answer.encode(), ""))


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        ('{"a": 1, "b": [{"c": "x"}]}', '{"a": 2.5, "b": [{"c": "y"}, {"c": "z"}]}'),
        ('{"a": 1, "…": "…"}', '{"a": 2, "b": 3}'),
        ('{"a": null, "b": {"c": 1}}', '{"a": {"d": 1}, "b": null}'),
    ],
)
def test_an_answer_of_the_same_shape_is_right(shown, answer):
    assert answered("json", shown, answer) == []


@pytest.mark.parametrize(
    ("shown", "answer", "said"),
    [
        ('{"a": 1}', '{"a": 1, "b": 2}', "/b: was answered, but is not shown"),
        ('{"a": 1, "b": 2}', '{"a": 1}', "/b: is shown, but was not answered"),
        ('{"a": [{"b": 1}]}', '{"a": [{"c": 1, "b": 1}]}', "/a/0/c: was answered, but is not shown"),
        ('{"a": [1]}', '{"a": []}', "/a: 1 elements are shown, 0 were answered"),
        ('{"a": "1"}', '{"a": 1}', "/a: shown is '1', answered was 1"),
    ],
)
def test_an_answer_of_another_shape_is_told(shown, answer, said):
    assert answered("json", shown, answer) == [said]


def test_a_message_may_leave_headers_out_but_shows_none_that_is_not_there():
    assert answered("http", 'HTTP/1.1 200 OK\nETag: "2"\n\n{"a": 5}\n', MESSAGE) == []
    assert answered("http", "HTTP/1.1 200 OK\nAge: 2\n", MESSAGE) == ["Age: is shown, but was not answered"]
    [said] = answered("http", "HTTP/1.1 304 NOT MODIFIED\n", MESSAGE)
    assert "304" in said


def test_a_table_is_right_by_its_header():
    assert answered("csv", "time,score,…\n1,2\n", "time,score,flow\n3,4,5\n") == []
    assert answered("csv", "time,score\n1,2\n", "time,score,flow\n3,4,5\n")


def test_a_document_stops_at_the_command_that_fails(document, tmp_path):
    page = document("```sh\na=1\n```\n\n```sh\ntest $a = 1\ntest $a = 2\n```\n\n```sh\necho never\n```\n")
    runs = run_document(page, {"LOOKOUT_DATA_DIR": str(tmp_path)}, tmp_path / "run")
    assert [(run.block.line, run.ended) for run in runs] == [(1, True), (5, False), (10, False)]


def test_a_call_that_nobody_answers_or_that_is_refused_is_a_surprise(document, tmp_path, free_port, s3_endpoint_url):
    port = s3_endpoint_url.rpartition(":")[2]
    page = document(
        "```sh\ncurl http://127.0.0.1:9000/no-bucket?list-type=2\ncurl http://127.0.0.1:8000/ || true\n```\n"
    )
    environment = {"LOOKOUT_DATA_DIR": str(tmp_path), "LOOKOUT_S3_PORT": port, "LOOKOUT_FACADE_PORT": str(free_port())}
    [run] = run_document(page, environment, tmp_path / "run")
    assert run.ended
    assert [(call.method, call.path) for call in run.calls] == [("GET", "/no-bucket"), ("GET", "/")]
    assert run.surprises == [400, 0]


def test_a_block_that_is_not_run_gives_its_reason(document):
    page = document(
        "<!-- not run: it would take a day -->\n```sh\nsleep 86400\n```\n\n```sh\ntrue  # answers 409\n```\n"
    )
    first, second = blocks_of(page)
    assert first.reason_not_to_run == "it would take a day"
    assert (second.reason_not_to_run, second.announced) == (None, [409])


def test_a_block_that_is_not_found_is_no_block_forgotten(document):
    with pytest.raises(ValueError, match=r"page\.md"):
        blocks_of(document("- so:\n  ```sh\n  true\n  ```\n"))
