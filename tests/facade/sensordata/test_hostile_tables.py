"""Files that are small and claim, or become, gigabytes: refused before the memory is taken."""

import struct
import subprocess
import sys
from contextlib import suppress
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.facade.problems import InvalidUpload, UploadTooLarge
from service.facade.sensordata import arrow_frames, parquet_pages
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.reading import open_table
from service.facade.sensordata.text import Allowance

ROWS = 5_000_000


def parquet(table: pa.Table, **options) -> BytesIO:
    sink = BytesIO()
    pq.write_table(table, sink, **options)
    return BytesIO(sink.getvalue())


def arrow(table: pa.Table, batch: int | None = None, **options) -> bytes:
    sink = BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, batch)
    return sink.getvalue()


def constant(rows: int) -> pa.Table:
    """Shrinks to nothing."""
    return pa.table({"t": pa.array(np.zeros(rows, "int64"), pa.timestamp("s")), "speed": np.ones(rows)})


def read(content, schema, format: str, allowance: Allowance | None = None) -> int:
    faults = Faults("data")
    table = open_table(content, schema, faults, format=format, component="motor", allowance=allowance)
    return sum(len(chunk.rows) for chunk in table.chunks)


def test_a_parquet_file_of_a_few_kilobytes_may_become_only_what_is_allowed(schema):
    content = parquet(constant(ROWS), compression="zstd", row_group_size=ROWS)
    assert len(content.getvalue()) < 50_000
    with pytest.raises(UploadTooLarge, match="Unpacked, the upload has more than 20,000,000 bytes"):
        read(content, schema, "parquet", Allowance(20_000_000))


def test_a_large_row_group_is_read_in_bounded_memory():
    """32 MB of values in one row group, of which a few are in memory at any time."""
    code = """

import numpy as np, pyarrow as pa, pyarrow.parquet as pq
from service.facade.domain.models import Component
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.reading import open_table
import io
rows = 2_000_000
sink = io.BytesIO()
pq.write_table(pa.table({"t": pa.array(np.arange(rows), pa.timestamp("s")), "speed": np.ones(rows)}), sink,
               row_group_size=rows, use_dictionary=False, compression="zstd")
content = io.BytesIO(sink.getvalue())
pa.default_memory_pool().release_unused()
motor = Component(component_name="motor", timestamp_column="t", sensors=("speed",))
table = open_table(content, [motor], Faults(), format="parquet")
before = pa.total_allocated_bytes()
most = 0
for chunk in table.chunks:
    most = max(most, pa.total_allocated_bytes() - before)
print(most)
"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert int(answer.stdout) < 12_000_000


def test_a_parquet_page_that_claims_too_much_is_refused_before_it_is_unpacked(schema, monkeypatch):
    content = parquet(constant(100_000), compression="zstd", use_dictionary=False, data_page_size=10**9)
    monkeypatch.setattr(parquet_pages, "_MOST_IN_PAGE", 100_000)
    with pytest.raises(InvalidUpload, match=r"A page of '(t|speed)' has \d\d\d,\d\d\d bytes, of 100,000"):
        read(content, schema, "parquet")


@pytest.mark.parametrize(
    "options", [{}, {"data_page_version": "2.0"}, {"compression": "none"}, {"use_dictionary": False}]
)
def test_pages_of_every_kind_pass(schema, options):
    rows = 3000
    table = pa.table(
        {"t": pa.array(range(rows), pa.timestamp("us")), "speed": np.random.default_rng(1).normal(size=rows)}
    )
    table = table.append_column("motor.temp", pa.array(["1.5", None, "2"] * 1000))
    content = parquet(table, row_group_size=1000, data_page_size=1000, **options)
    assert read(content, schema, "parquet") == rows


def test_page_headers_that_lead_nowhere_are_damage(schema):
    content = parquet(constant(10)).getvalue()
    metadata = pq.read_metadata(BytesIO(content))
    start = metadata.row_group(0).column(1).dictionary_page_offset or metadata.row_group(0).column(1).data_page_offset
    damaged = content[:start] + b"\xff" * 12 + content[start + 12 :]
    with pytest.raises(InvalidUpload, match=r"are damaged|cannot be read|has -?[\d,]+ bytes"):
        read(BytesIO(damaged), schema, "parquet")


@pytest.mark.parametrize("compression", ["lz4", "zstd", None])
def test_an_arrow_batch_that_becomes_too_large_is_refused(schema, monkeypatch, compression):
    content = arrow(constant(100_000), compression=compression)
    assert read([content], schema, "arrow") == 100_000
    monkeypatch.setattr(arrow_frames, "_MOST_AT_ONCE", 500_000)
    with pytest.raises(InvalidUpload, match=r"One batch of the Arrow data has 1,\d\d\d,\d\d\d bytes"):
        read([content], schema, "arrow")
    assert read([arrow(constant(100_000), batch=10_000, compression=compression)], schema, "arrow") == 100_000


def test_an_arrow_buffer_that_claims_a_terabyte_is_refused(schema):
    content = arrow(constant(100_000), compression="lz4")
    claimed = struct.pack("<q", 800_000)
    assert content.count(claimed) >= 1
    hostile = content.replace(claimed, struct.pack("<q", 2**40))
    with pytest.raises(InvalidUpload, match="One batch of the Arrow data has"):
        read([hostile], schema, "arrow")


def test_arrow_data_spend_the_allowance(schema):
    with pytest.raises(UploadTooLarge):
        read([arrow(constant(ROWS), batch=100_000, compression="zstd")], schema, "arrow", Allowance(20_000_000))


@pytest.mark.parametrize("seed", range(30))
def test_bytes_that_were_changed_on_the_way_are_read_or_refused_but_do_no_harm(schema, seed):
    random = np.random.default_rng(seed)
    table = constant(500)
    for format, content in (("arrow", arrow(table, compression="lz4")), ("parquet", parquet(table).getvalue())):
        changed = bytearray(content)
        for at in random.integers(0, len(changed), 4):
            changed[at] = random.integers(0, 256)
        source = BytesIO(bytes(changed)) if format == "parquet" else [bytes(changed)]
        with suppress(InvalidUpload, UploadTooLarge):
            read(source, schema, format, Allowance(50_000_000))


def test_long_texts_that_repeat_are_refused(schema):
    table = pa.table({"t": pa.array(range(1000), pa.timestamp("s")), "speed": ["1" * 100_000] * 1000})
    with pytest.raises(InvalidUpload, match="The column 'speed' holds long texts"):
        read(parquet(table), schema, "parquet")
    with pytest.raises(InvalidUpload, match="The column 'speed' holds long texts"):
        read([arrow(table.set_column(1, "speed", table["speed"].dictionary_encode()))], schema, "arrow")
