"""Cursors lead back to where they came from, and only there."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.facade.domain.pages import decode_cursor, encode_cursor
from service.facade.problems import BadCursor

QUERIES = st.dictionaries(st.text(), st.none() | st.text() | st.integers())


@given(QUERIES, st.text() | st.lists(st.text() | st.integers()))
def test_a_cursor_leads_to_the_position_it_was_made_for(query, position):
    cursor = encode_cursor(query, position)

    assert decode_cursor(cursor, query) == position
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?#%")


@given(QUERIES, QUERIES)
def test_a_cursor_of_another_query_is_refused(query, other):
    cursor = encode_cursor(query, "here")
    if query == other:
        return

    with pytest.raises(BadCursor):
        decode_cursor(cursor, other)


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text):
    with pytest.raises(BadCursor):
        decode_cursor(text, {"list": "schedulers"})


def test_a_cursor_that_is_nested_without_end_is_refused():
    with pytest.raises(BadCursor):
        decode_cursor(urlsafe_b64encode(b"[" * 5_000).decode(), {})
