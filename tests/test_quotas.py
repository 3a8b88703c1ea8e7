"""Quotas as a setting names them."""

import re
from pathlib import Path

import pytest

from service.quotas import QUOTAS, Quotas, parse_quotas
from service.settings import SettingsError, load_settings


def test_nothing_said_leaves_the_quotas_of_the_service():
    assert parse_quotas("") == parse_quotas("  ") == Quotas()
    assert (Quotas().datasets, Quotas().models, Quotas().pending_trainings) == (15, 15, 5)


def test_those_that_are_named_change_and_the_rest_stays():
    assert parse_quotas("models=50, label_groups = 100") == Quotas(models=50, label_groups=100)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("model=50", "'model' is no quota, did you mean models?"),
        ("elephants=50", "'elephants' is no quota. There are datasets, models, label_groups,"),
        ("models", "'models' needs a whole number of at least 1, such as models=15"),
        ("models=0", "'models=0' needs a whole number of at least 1"),
        ("models=-3", "at least 1"),
        ("models=1.5", "at least 1"),
        ("models=²", "at least 1"),
        ("models=" + "9" * 5000, "at least 1"),
        ("models=5,,datasets=3", "'' is no quota"),
        ("models=5, models=6", "models is there twice"),
    ],
)
def test_what_is_no_quota_is_refused_with_what_would_be(text: str, complaint: str):
    with pytest.raises(ValueError) as refused:
        parse_quotas(text)
    assert complaint in str(refused.value)


def test_a_wrong_quota_stops_the_start_and_names_the_setting():
    with pytest.raises(SettingsError, match=r"LOOKOUT_ENGINE_QUOTAS = 'modles=50': .*did you mean models"):
        load_settings({"LOOKOUT_ENGINE_QUOTAS": "modles=50"})


def test_the_page_of_the_operations_lists_every_quota():
    page = (Path(__file__).parents[1] / "docs/operations.md").read_text().partition("\n## Quotas\n")[2]
    table = [line.split("|")[1] for line in page.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    assert sorted(name for cell in table for name in re.findall(r"`(\w+)`", cell)) == sorted(QUOTAS)
