"""Files opened for reading: compressed or not, whole or not at all."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cermin.errors import SeedError
from cermin.seeds.opening import open_seed, read_whole

PAGE = b"<p>Hujan turun sejak pagi.</p>\n" * 200


def write(folder: Path, data: bytes) -> Path:
    """Return a file that holds these bytes."""
    path = folder / "page"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [PAGE, gzip.compress(PAGE), gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:])])
def test_gzip_is_known_by_its_bytes(tmp_path, data):
    """A file gives the same bytes plain, compressed, and compressed in several members, whatever its name is."""
    assert read_whole(write(tmp_path, data), "page", len(PAGE)) == PAGE


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (gzip.compress(PAGE)[:-9], "ends too early"),
        (gzip.compress(PAGE)[:12], "ends too early"),
        (gzip.compress(PAGE)[:5], "ends too early"),
        (gzip.compress(PAGE)[:-8] + bytes(8), "damaged"),
        (gzip.compress(PAGE)[:20] + b"\xff" * 20 + gzip.compress(PAGE)[40:], "damaged"),
        (gzip.compress(PAGE) + b"<p>", "damaged"),
    ],
)
def test_broken_gzip_has_a_reason(tmp_path, data, verdict):
    """Gzip data that is cut off or damaged is refused, with the file's name and what is wrong."""
    with pytest.raises(SeedError, match=verdict) as raised:
        read_whole(write(tmp_path, data), "page.html.gz", len(PAGE))
    assert "page.html.gz" in str(raised.value)


def test_size_is_bounded_after_decompression(tmp_path):
    """A small file that holds a large one is refused before it is all in memory."""
    bomb = write(tmp_path, gzip.compress(bytes(5_000_000)))
    with pytest.raises(SeedError, match="larger than 1 MB"):
        read_whole(bomb, "page.html.gz", 1_000_000)


def test_missing_file_has_a_reason(tmp_path):
    """A file that is gone by the time it is read is told as such."""
    with pytest.raises(SeedError, match="cannot be read"), open_seed(tmp_path / "gone", "gone"):
        pass


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.binary(max_size=200),
    packed=st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"]),
)
def test_any_bytes_are_read_or_refused(tmp_path, data, packed):
    """Any bytes are read, or refused with a SeedError; nothing else is ever raised."""
    path = write(tmp_path, packed + data)
    try:
        read_whole(path, "page", 1_000)
    except SeedError:
        return
    if not packed:
        assert read_whole(path, "page", 1_000) in {data, _inflate(data)}


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompress(data, wbits=31)
    except zlib.error:
        return b""
