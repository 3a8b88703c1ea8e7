"""Rates as a setting names them."""

import pytest

from service.rates import Rate, parse_rates
from service.settings import SettingsError, load_settings


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("6000/minute", [Rate(6000, 60)]),
        ("1 per second", [Rate(1, 1)]),
        ("10/2 hours; 5 per 30 seconds", [Rate(10, 7200), Rate(5, 30)]),
        ("100/second,6000/day", [Rate(100, 1), Rate(6000, 86_400)]),
        ("", []),
        ("  ", []),
    ],
)
def test_a_text_names_rates(text, rates):
    assert list(parse_rates(text)) == rates


@pytest.mark.parametrize(
    "text", ["6000", "0/minute", "many/minute", "1/fortnight", "1/minute;", "5/0 seconds", "-1/day"]
)
def test_what_is_no_rate_stops_the_start(text):
    with pytest.raises(SettingsError, match=r"LOOKOUT_RATE_LIMIT = .* is no rate such as 6000/minute"):
        load_settings({"LOOKOUT_RATE_LIMIT": text})
