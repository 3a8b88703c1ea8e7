"""Validating takes for a time what the engine takes for one, and for the same instant."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.engine.work.frames.timestamps import parse_times
from service.facade.sensordata.inspection import read_time

# Near what is accepted, in parts: some texts are times, some only nearly.
texts = st.tuples(
    st.sampled_from(["2026-03-01", "2026/03/01", "20260301", "2026 03 01", "2026-13-01", "26-03-01", "2026-03/01"]),
    st.sampled_from(["T", " ", "-", "", "_"]),
    st.sampled_from(["13:01", "13:01:02", "13:01:02.5", "13:01:02.123456", "1301", "130102", "13-01-02", "24:00", ""]),
    st.sampled_from(["", "Z", "+01:00", "-0530", "+1", " UTC"]),
).map("".join)


@given(
    st.one_of(texts, st.sampled_from(["1772370120", "", "yesterday", "1600-01-01T00:00:00", "9999-12-31T23:59:59Z"]))
)
def test_both_read_the_same_instant_out_of_a_cell(text):
    [engine] = parse_times(np.array([text], dtype=object)).astype("datetime64[us]")
    facade = read_time(text)
    assert (facade is None) == bool(np.isnat(engine)), text
    if facade is not None:
        assert facade == datetime.fromisoformat(str(engine)).replace(tzinfo=UTC)
