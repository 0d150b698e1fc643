"""What holds for deploys to every kind of place."""

from __future__ import annotations

import re
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cermin.errors import DeployError
from cermin.manifest import ROOT, is_own
from tests.deploying import PLACES, deploy, deploy_until, site, write_site
from tests.mirrors import find_differences

TEXTS = {"a": "Satu", "b": "Dua", "c": "Tiga"}
EXAMPLES = {"folder": 25, "git": 6, "rsync": 3, "s3": 6}
STRIDES = {"rsync": 4}
"""Every how many steps a deploy is cut short: a call of rsync tells of many files at once, and takes a while."""
MORE = 20 if settings().max_examples > 1000 else 1


@pytest.fixture(params=PLACES)
def place(request, tmp_path):
    """Make a place of each kind."""
    folder = tmp_path / "place"
    folder.mkdir()
    with closing(PLACES[request.param](folder)) as made:
        yield made


@pytest.fixture
def root(mirror, place):
    """Make a mirror that is deployed to the place."""
    return mirror(settings=f"[deploy.a]\n{place.settings}")


def test_first_deploy(root, place):
    """The first deploy brings every file of the site to its place, byte for byte, and leaves nothing else there."""
    whole = write_site(root, site(TEXTS))
    told = deploy(root)
    assert place.holds() == whole
    assert told.sent == sorted(path for path in whole if not is_own(path))
    assert told.deleted == []


def test_nothing_to_do(root, place):
    """A second deploy of the same build says so and sends nothing."""
    whole = write_site(root, site(TEXTS))
    deploy(root)
    told = deploy(root)
    assert told.done.is_nothing
    assert told.done.plan.files == 0
    assert place.holds() == whole


def test_one_edit(root, place):
    """An edit sends the page and what changed with it, and nothing else."""
    write_site(root, site(TEXTS))
    deploy(root)
    whole = write_site(root, site(TEXTS | {"a": "Lain"}))
    told = deploy(root)
    shards = [path for path in whole if path.startswith("search/s/")]
    assert told.sent == sorted(["kaca/2024/06/a.html", "feed.xml", "search/index.json", *shards])
    assert len(told.deleted) == 1
    assert place.holds() == whole


def test_withdrawn(root, place):
    """A page that is gone is deleted at its place, and the folders that it leaves empty."""
    write_site(root, site(TEXTS) | {"lain/2020/01/x.html": b"x"})
    deploy(root)
    whole = write_site(root, site(TEXTS))
    assert deploy(root).deleted == ["lain/2020/01/x.html"]
    assert place.holds() == whole


def test_dry_run(root, place):
    """A dry run tells what would be done and does nothing."""
    write_site(root, site(TEXTS))
    before = place.holds()
    assert deploy(root, is_dry=True).done.plan.files > 0
    assert place.holds() == before
    deploy(root)
    before = place.holds()
    write_site(root, site({"b": "Dua"}))
    told = deploy(root, is_dry=True)
    assert "kaca/2024/06/a.html" in told.deleted
    assert place.holds() == before


def test_refused_and_mended(root, place):
    """A place that refuses fails the deploy, in plain words and with what arrived; the same command then mends it."""
    old = write_site(root, site(TEXTS))
    deploy(root)
    whole = write_site(root, site(TEXTS | {"d": "Empat"}, style="b"))
    with place.refusing():
        with pytest.raises(DeployError) as caught:
            deploy(root)
        assert all(fault.verdict for fault in caught.value.faults)
    assert place.holds().keys() >= old.keys()
    deploy(root)
    assert place.holds() == whole


def test_cut_short_at_every_step(root, place, tmp_path):
    """Wherever a deploy is cut short, no page is there before its stylesheet and scripts; the next sends the rest."""
    old = write_site(root, site(TEXTS))
    deploy(root)
    steps = 0
    while True:
        whole = write_site(root, site({"b": "Dua", "d": "Empat"}, style="b"))
        if not deploy_until(root, steps):
            break
        there = place.holds()
        assert find_bare_pages(there) == []
        if place.is_atomic:
            assert there in (old, whole)
        told = deploy(root)
        assert place.holds() == whole
        if not place.is_atomic and 0 < steps < 9:
            assert told.done.plan.files < 15
        # Back to where it was.
        write_site(root, site(TEXTS))
        deploy(root)
        assert place.holds() == old
        steps += STRIDES.get(place.name, 1)
    assert place.holds() == whole
    assert steps > 12


def find_bare_pages(files):
    """Return the pages that refer to a stylesheet or a script which is not there."""
    return [
        path
        for path, data in files.items()
        if path.endswith(".html")
        for name in re.findall(rb'(?:href|src)="(?:\.\./)*(static/[^"]+)"', data)
        if name.decode() not in files
    ]


def test_order(root, place):
    """What pages need goes first, then articles, lists, the ways in, and the manifest last of all."""
    write_site(root, site(TEXTS))
    plan = deploy(root, is_dry=True).done.plan
    steps = [{file.path for file in files} for _, files in plan.steps]
    assert [min(len(step), 2) for step in steps] == [2, 2, 2, 2, 1]
    assert steps[1] == {f"kaca/2024/06/{name}.html" for name in TEXTS}
    assert steps[3] == {"sitemap.xml", "robots.txt", "search/index.json"}
    assert steps[4] == {ROOT}


def test_foreign_files_stay(root, place):
    """Files that cermin did not put there are asked about once, then left alone and counted."""
    place.put("notes/mine.txt", b"mine")
    whole = write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match=r"nothing tells of an earlier deploy|did not commit"):
        deploy(root)
    assert place.holds() == {"notes/mine.txt": b"mine"}
    deploy(root, agreed=True)
    whole = write_site(root, site({"a": "Lain"}))
    assert deploy(root).done.plan.foreign == 1
    assert place.holds() == whole | {"notes/mine.txt": b"mine"}


def test_foreign_files_are_not_overwritten(root, place):
    """A file of somebody else in whose place one of the site comes is replaced only when a person agreed."""
    write_site(root, site(TEXTS))
    deploy(root)
    place.put("kaca/2024/06/d.html", b"mine")
    before = place.holds()
    whole = write_site(root, site(TEXTS | {"d": "Empat"}))
    with pytest.raises(DeployError, match=r"would be overwritten: kaca/2024/06/d\.html"):
        deploy(root)
    assert place.holds() == before
    deploy(root, agreed=True)
    assert place.holds() == whole


def test_what_is_there_already_is_not_sent(root, place):
    """A site that was copied to its place by hand is taken over without sending it again."""
    whole = write_site(root, site(TEXTS))
    for path, data in whole.items():
        if path != ROOT:
            place.put(path, data)
    assert deploy(root, agreed=True).sent == []
    assert place.holds() == whole


def test_lost_at_the_place(root, place):
    """What somebody took away or cut short at the place is sent again, though the manifest there says otherwise."""
    whole = write_site(root, site(TEXTS))
    deploy(root)
    place.take("kaca/2024/06/a.html")
    place.put("kaca/2024/06/b.html", b"")
    assert deploy(root, agreed=True).sent == ["kaca/2024/06/a.html", "kaca/2024/06/b.html"]
    assert place.holds() == whole


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"version": 1, "parts": [{}]}', b"[" * 100_000])
def test_damaged_manifest_at_the_place(root, place, data):
    """A manifest at the place that cannot be read is told; then everything is compared by its bytes."""
    whole = write_site(root, site(TEXTS))
    deploy(root)
    place.put(ROOT, data)
    with pytest.raises(DeployError):
        deploy(root)
    told = deploy(root, agreed=True)
    assert told.sent == []
    assert any(ROOT in fault.place for fault in told.warnings)
    assert place.holds() == whole


def test_lost_part_of_the_manifest(root, place):
    """Where a part of the manifest is gone at the place, that is told; what it alone knew of counts as others' then."""
    old = write_site(root, site(TEXTS))
    deploy(root)
    lost = next(path for path in old if path.startswith("manifest/"))
    place.take(lost)
    whole = write_site(root, site(TEXTS | {"d": "Empat"}))
    told = deploy(root, agreed=True)
    assert [fault for fault in told.warnings if lost in fault.place]
    assert "kaca/2024/06/a.html" not in told.sent
    shard = next(path for path in old if path.startswith("search/s/"))
    assert place.holds() == whole | {shard: old[shard]}


def test_many_deletes_are_asked_about(root, place):
    """To delete more than max_deletes is refused before anything is sent, names some of it, and goes on with --yes."""
    many = {f"n{number}": "x" for number in range(40)}
    write_site(root, site(many))
    deploy(root)
    before = place.holds()
    whole = write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match=r"40 files of 51 would be deleted, more than 5 %: .*n0\.html"):
        deploy(root)
    assert place.holds() == before
    deploy(root, agreed=True)
    assert place.holds() == whole


def test_few_deletes_are_not(root, place):
    """Ten files may always go, and files that are named for what they hold do not count."""
    files = site(TEXTS)
    scripts = {f"static/x.{number:08x}.js": b"x" for number in range(30)}
    write_site(root, files | scripts | dict.fromkeys("0123456789", b"x"))
    deploy(root)
    whole = write_site(root, files)
    assert len(deploy(root).deleted) == 40
    assert place.holds() == whole


def test_own_static_files_are_asked_about(root, place):
    """A mirror's own static files keep their names, so to lose many of them is asked about as for pages."""
    write_site(root, site(TEXTS) | {f"static/foto-{number}.jpg": b"x" for number in range(30)})
    deploy(root)
    write_site(root, site(TEXTS))
    with pytest.raises(DeployError, match="30 files of 44 would be deleted"):
        deploy(root)


def test_changed_since_the_build(root, place):
    """A file that is not what the manifest says is named, and nothing is sent."""
    write_site(root, site(TEXTS))
    (root / "output/kaca/2024/06/a.html").write_bytes(b"by hand")
    (root / "output/index.html").unlink()
    with pytest.raises(DeployError) as caught:
        deploy(root)
    assert [Path(fault.place).name for fault in caught.value.faults] == ["a.html", "index.html"]
    assert place.holds() == {}


def test_a_folder_where_a_file_was(root, place):
    """A file may become a folder, and a folder a file."""
    write_site(root, site(TEXTS) | {"static/x": b"x", "static/y/z": b"z"})
    deploy(root)
    whole = write_site(root, site(TEXTS) | {"static/x/x": b"x", "static/y": b"z"})
    deploy(root)
    assert place.holds() == whole


def test_strange_names(root, place):
    """Names in any script, with spaces, quotes and signs, are brought over as they are."""
    names = (
        "دانشگاه/2024/06/خبر.html",
        "新闻/a b.html",
        'a"b.html',
        "a'b;$(x).html",
        "-x.html",
        "a%2Fb.html",
        "#a?.html",
    )
    sound = [name for name in names if not place.misreads(name)]
    whole = write_site(root, dict.fromkeys(sound, b"x") | site(TEXTS))
    deploy(root)
    assert place.holds() == whole
    whole = write_site(root, site(TEXTS))
    deploy(root)
    assert place.holds() == whole


def test_signature(root, place):
    """The manifest's signature comes and goes with it."""
    whole = write_site(root, site(TEXTS))
    (root / "output/manifest.json.sig").write_bytes(b"signed")
    deploy(root)
    assert place.holds() == whole | {"manifest.json.sig": b"signed"}
    (root / "output/manifest.json.sig").write_bytes(b"signed anew")
    deploy(root)
    assert place.holds() == whole | {"manifest.json.sig": b"signed anew"}
    (root / "output/manifest.json.sig").unlink()
    deploy(root)
    assert place.holds() == whole
    assert deploy(root).done.is_nothing


# --- the law ---------------------------------------------------------------------------------------------------------

TEXT = st.sampled_from(["Satu", "Dua", "Tiga"])
SITE = st.builds(site, st.dictionaries(st.sampled_from("abcdef"), TEXT), st.sampled_from("ab"))
DEED = st.one_of(
    SITE,
    st.integers(0, 20),
    st.sampled_from(["deploy", "deploy", "put mine", "put theirs", "take"]),
)


@pytest.mark.parametrize("kind", PLACES)
def test_whatever_happened(kind):
    """After any series of builds, deploys, interruptions and damage, a deploy makes the place what output/ is."""

    @settings(max_examples=EXAMPLES.get(kind, 6) * MORE)
    @given(SITE, st.lists(DEED, max_size=8))
    def hold(first, deeds):
        with tempfile.TemporaryDirectory() as name, closing(PLACES[kind](Path(name))) as place:
            root = Path(name) / "mirror"
            root.mkdir()
            (root / "cermin.toml").write_text(f"[deploy.a]\n{place.settings}", encoding="utf-8")
            whole = write_site(root, first)
            mine = {}
            for deed in deeds:
                if isinstance(deed, dict):
                    whole = write_site(root, deed)
                elif isinstance(deed, int):
                    deploy_until(root, deed, agreed=True)
                elif deed == "deploy":
                    deploy(root, agreed=True)
                elif deed == "put mine":
                    mine["kaca/mine.txt"] = b"mine"
                    place.put("kaca/mine.txt", b"mine")
                elif deed == "put theirs" and "kaca/2024/06/a.html" in place.holds():
                    place.put("kaca/2024/06/a.html", b"theirs")
                elif deed == "take" and "kaca/index.html" in place.holds():
                    place.take("kaca/index.html")
            deploy(root, agreed=True)
            assert find_differences(place.holds(), whole | mine) == {}
            assert deploy(root).done.is_nothing

    hold()
