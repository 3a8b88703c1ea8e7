"""What a key looks like."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from service.facade.domain.keys import id_of, mint


def test_a_key_is_recognised_by_its_form():
    key = mint()
    assert re.fullmatch(r"lk_[0-9A-Za-z]{10}_[0-9A-Za-z]{49}", key)
    assert id_of(key) == key.split("_")[1]


def test_no_two_keys_are_alike():
    keys = [mint() for _ in range(500)]
    assert len(set(keys)) == len({id_of(key) for key in keys}) == 500


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_key_with_a_wrong_letter_is_told_from_a_right_one(data):
    key = mint()
    place = data.draw(st.integers(3, len(key) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda one: one != key[place]))
    assert id_of(key[:place] + letter + key[place + 1 :]) is None


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_any_text_may_be_asked_about(text):
    assert id_of(text) is None
