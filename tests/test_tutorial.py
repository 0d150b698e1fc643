"""The tutorial, done as it says: every command prints what the tutorial shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.conftest import ROOT

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
CAPTURE = "000_d570b8d179dc85b6.txt"
PASAR = "content/kabar-kemiri/2024/06/pasar-kemiri-dibuka-kembali-setelah-renovasi.md"


def read_blocks() -> list[str]:
    """Return what stands in the tutorial's examples."""
    return re.findall(r"^```\w*\n(.*?)^```", TUTORIAL, flags=re.MULTILINE | re.DOTALL)


def block_behind(words: str) -> str:
    """Return the first example behind some words."""
    _, _, rest = TUTORIAL.partition(words)
    match = re.search(r"^```\w*\n(.*?)^```", rest, flags=re.MULTILINE | re.DOTALL)
    assert match, words
    return match[1]


def shown_of(block: str) -> list[tuple[str, list[str]]]:
    """Return each call of cermin in an example, with the lines that it prints."""
    calls = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.MULTILINE)
    return [(call, told.splitlines()) for call, told in calls if call.split()[0] == "cermin"]


def smooth(text: str, root: Path) -> list[str]:
    """Return lines without what differs from run to run, folders and seconds, or by template, links, or by words."""
    text = re.sub(r"-[0-9a-f]{8}\.bin", "-0a1b2c3d.bin", text)
    text = re.sub(r"Build [0-9a-f]{64}", "Build 0a1b2c3d", text)
    text = re.sub(r"in \d+\.\d s", "in 0.0 s", text.replace(str(root), "/home/you"))
    return re.sub(r"\d+ links", "290 links", text).splitlines()


def change(file: Path, *pairs: tuple[str, str]) -> None:
    """Replace text in a file."""
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_tutorial(tmp_path, run):
    """Who follows the tutorial sees what it shows, from an empty folder to a checked site."""
    mirror = tmp_path / "kabar"

    def follow(words: str, cwd: Path = mirror) -> None:
        block = block_behind(words)
        assert shown_of(block)
        for call, told in shown_of(block):
            ran = run(*call.split()[1:], cwd=cwd)
            # On a terminal both come as they are told; here warnings are apart.
            lines = smooth(ran.err, tmp_path) + smooth(ran.out, tmp_path)
            assert lines == smooth("\n".join(told), tmp_path), call
            assert ran.code == (1 if any(line.startswith("error:") for line in lines) else 0)

    follow("## 1. Make a mirror", tmp_path)
    shutil.copy(ROOT / "seeds" / CAPTURE, mirror / "seeds")
    for name in ("pasar-kemiri.txt", "jembatan.txt"):
        (mirror / "seeds" / name).write_text(block_behind(f"`seeds/{name}`:"), encoding="utf-8")
    shutil.copy(mirror / "seeds/jembatan.txt", mirror / "seeds/jembatan_copy.txt")
    (mirror / "seeds/kosong.txt").write_text("\n\n", encoding="utf-8")

    follow("## 3. Import and build")
    article = mirror / PASAR.replace("kabar-kemiri", "unknown")
    assert article.read_text(encoding="utf-8") == block_behind("Each article is a file in `content/`")
    follow("## 4. See what became of each line")

    profile = block_behind("## 5. Describe the outlet")
    (mirror / "outlets/kabar-kemiri.toml").write_text(profile, encoding="utf-8")
    follow("promo = ['Jangan lupa ikuti kanal Kabar Kemiri .+']\n```")
    assert block_behind("and `cermin explain` says of line 13:") in run("explain", "pasar-kemiri.txt", cwd=mirror).out

    change(mirror / PASAR, ("Pasar Kemiri Dibuka Kembali Setelah Renovasi", "Pasar Kemiri Buka Lagi"))
    follow("## 6. Correct an article")
    change(mirror / PASAR, ("date: 2024-06-24T09:15:00+07:00", "date: kemarin"), ("editor:", "editer:"))
    follow("Now make two mistakes")
    change(mirror / PASAR, ("date: kemarin", "date: 2024-06-24T09:15:00+07:00"), ("editer:", "editor:"))
    assert run("build", cwd=mirror).code == 0
    follow("## 8. Give it away")


def test_every_example_is_followed():
    """No call of cermin stands in the tutorial that is not followed, but for the one that does not end."""
    calls = [call for block in read_blocks() for call, _ in shown_of(block)]
    assert calls == [
        "cermin new kabar",
        "cermin",
        "cermin explain seeds/pasar-kemiri.txt",
        "cermin",
        "cermin why kabar-kemiri/2024/06/jembatan-gantung-sungai-lemo-ditutup-sementara.html",
        "cermin build --verbose",
        "cermin build",
        "cermin serve",
        "cermin check",
    ]
