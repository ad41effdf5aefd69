"""A folder appears whole or not at all."""

from __future__ import annotations

import errno
import sys

import pytest

from vawg_geo.errors import OutputError
from vawg_geo.files import folder
from vawg_geo.files.folder import one_at_a_time, places_of, repair, replaced_folders


def write(place, text):
    """Write what makes a folder an edition of ours, and a file."""
    (place / "build.json").write_text('{"vawg_geo": "0"}')
    (place / "a.txt").write_text(text)


def test_replaces_the_whole_folder(tmp_path):
    final = tmp_path / "maps" / "public"
    with replaced_folders([final]) as [draft]:
        write(draft, "one")
        (draft / "old.txt").write_text("old")
        assert not final.exists()
    with replaced_folders([final]) as [draft]:
        write(draft, "two")
        assert (final / "a.txt").read_text() == "one"
    assert sorted(p.name for p in final.iterdir()) == ["a.txt", "build.json"]
    assert (final / "a.txt").read_text() == "two"
    assert [p.name for p in final.parent.iterdir()] == ["public"]


@pytest.fixture(params=["in one step", "by two renames"])
def way(request, monkeypatch):
    """Both ways of exchanging two folders."""
    if request.param == "by two renames":
        monkeypatch.setattr(folder, "_swapped", lambda one, other: False)
    return request.param


def test_exchanges_two_names(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text(name)
    if not folder._swapped(tmp_path / "a", tmp_path / "b"):
        # The other way is taken, which the next tests show; on Linux it should not be.
        assert not sys.platform.startswith("linux")
    else:
        assert (tmp_path / "a" / "x").read_text() == "b"
        assert (tmp_path / "b" / "x").read_text() == "a"
    assert not folder._swapped(tmp_path / "a", tmp_path / "absent")


def test_several_folders_take_their_names_together(tmp_path, way):
    finals = [tmp_path / "public", tmp_path / "partnership"]
    for text in ("one", "two"):
        with replaced_folders(finals) as drafts:
            for draft in drafts:
                write(draft, text)
        assert [(final / "a.txt").read_text() for final in finals] == [text, text]
        assert sorted(p.name for p in tmp_path.iterdir()) == ["partnership", "public"]


@pytest.mark.parametrize("former", [True, False])
def test_an_exchange_that_fails_half_way_is_taken_back(tmp_path, way, monkeypatch, former):
    finals = [tmp_path / "public", tmp_path / "partnership"]

    def run(text):
        with replaced_folders(finals) as drafts:
            for draft in drafts:
                write(draft, text)

    if former:
        run("one")
    exchange, calls = folder._exchange, []

    def fails(draft, final):
        calls.append(final)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        exchange(draft, final)

    monkeypatch.setattr(folder, "_exchange", fails)
    with pytest.raises(OutputError, match=r"Input/output error\. The former output is untouched"):
        run("two")
    assert [final.exists() for final in finals] == [former, former]
    if former:
        assert [(final / "a.txt").read_text() for final in finals] == ["one", "one"]
    assert len(list(tmp_path.iterdir())) == 2 * former


@pytest.mark.parametrize("free", [1000, 1 << 30])
def test_a_librarys_own_error_on_a_full_disk(tmp_path, monkeypatch, free):
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda place: usage)
    expected = OutputError if free < 1 << 20 else RuntimeError
    with (
        pytest.raises(expected, match=r"No space left|malformed"),
        replaced_folders([tmp_path / "public"]),
    ):
        raise RuntimeError("database disk image is malformed")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_says_what_to_do(tmp_path):
    with (
        pytest.raises(OutputError, match=r"No space left on device.* untouched\. Make room there"),
        replaced_folders([tmp_path / "public"]),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_former_folder(tmp_path):
    final = tmp_path / "public"
    with replaced_folders([final]) as [draft]:
        write(draft, "one")

    def fail():
        with replaced_folders([final]) as [draft]:
            write(draft, "two")
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert (final / "a.txt").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["public"]


def test_a_file_in_the_way_is_reported(tmp_path):
    (tmp_path / "maps").write_text("a file")
    with (
        pytest.raises(OutputError, match="cannot be written"),
        replaced_folders([tmp_path / "maps" / "public"]),
    ):
        pass


def test_what_a_killed_run_left_is_repaired(tmp_path):
    (tmp_path / ".vawg-geo-former-public").mkdir()
    write(tmp_path / ".vawg-geo-former-public", "one")
    (tmp_path / ".vawg-geo-draft-public-x1").mkdir()
    said = repair(tmp_path)
    assert (tmp_path / "public" / "a.txt").read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["public"]
    assert any("former output public is back in place" in line for line in said)
    assert any("what it left unfinished was removed" in line for line in said)
    assert repair(tmp_path) == []
    assert repair(tmp_path / "absent") == []


def test_a_former_folder_beside_a_new_one_is_removed(tmp_path):
    for name in (".vawg-geo-former-public", "public"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, name)
    assert len(repair(tmp_path)) == 1
    assert (tmp_path / "public" / "a.txt").read_text() == "public"
    assert [p.name for p in tmp_path.iterdir()] == ["public"]


@pytest.mark.parametrize("kind", ["folder", "file", "record of another program"])
def test_what_is_not_ours_is_never_replaced(tmp_path, kind):
    theirs = tmp_path / "public"
    if kind == "file":
        theirs.write_text("mine")
    else:
        theirs.mkdir()
        (theirs / "thesis.txt").write_text("mine")
    if kind.startswith("record"):
        (theirs / "build.json").write_text('{"make": "4.3"}')
    with (
        pytest.raises(OutputError, match="was not written by vawg-geo"),
        replaced_folders([theirs]) as [draft],
    ):
        write(draft, "two")
    kept = theirs if kind == "file" else theirs / "thesis.txt"
    assert kept.read_text() == "mine"


def test_repair_leaves_other_peoples_drafts(tmp_path):
    (tmp_path / ".draft-thesis").mkdir()
    (tmp_path / ".former-thesis").mkdir()
    assert repair(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 2


def test_one_run_at_a_time(tmp_path):
    import threading

    order = []

    def run(name):
        with one_at_a_time(tmp_path):
            order.append((name, "in"))
            with replaced_folders([tmp_path / "public"]) as [draft]:
                write(draft, name)
            order.append((name, "out"))

    threads = [threading.Thread(target=run, args=(str(n),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [step for _, step in order] == ["in", "out"] * 8
    assert all(a[0] == b[0] for a, b in zip(order[::2], order[1::2], strict=True))


class TestLinks:
    """A name that is a link: what it leads to is exchanged, and the link stays.

    Seen to fail on the code before: the link was replaced by a folder and its target left stale.
    """

    @pytest.fixture
    def site(self, tmp_path):
        """Give a web root, and the name in `maps` that leads to it."""
        (tmp_path / "www" / "site").mkdir(parents=True)
        (tmp_path / "maps").mkdir()
        link = tmp_path / "maps" / "public"
        link.symlink_to(tmp_path / "www" / "site")
        return tmp_path / "www" / "site", link

    def names(self, folder):
        return sorted(path.name for path in folder.iterdir() if path.name != ".vawg-geo.lock")

    def test_the_target_is_exchanged(self, site, way):
        target, link = site
        for text in ("one", "two", "three"):
            with one_at_a_time(*places_of([link])), replaced_folders([link]) as [draft]:
                # On the same disk as what it is exchanged for.
                assert draft.parent == target.parent
                write(draft, text)
            assert link.is_symlink()
            assert (target / "a.txt").read_text() == text
            assert (link / "a.txt").read_text() == text
        assert self.names(target.parent) == ["site"]
        assert self.names(link.parent) == ["public"]

    def test_a_relative_link_and_a_link_to_a_link(self, tmp_path, site, way):
        target, link = site
        link.unlink()
        (tmp_path / "middle").symlink_to("www/site")
        link.symlink_to("../middle")
        for text in ("one", "two"):
            with replaced_folders([link]) as [draft]:
                write(draft, text)
        assert (target / "a.txt").read_text() == "two"
        assert link.is_symlink()
        assert (tmp_path / "middle").is_symlink()

    def test_the_folder_of_all_editions_is_a_link(self, tmp_path, way):
        (tmp_path / "far").mkdir()
        (tmp_path / "maps").symlink_to("far")
        finals = [tmp_path / "maps" / name for name in ("public", "analyst")]
        for text in ("one", "two"):
            with one_at_a_time(tmp_path / "maps"), replaced_folders(finals) as drafts:
                for draft in drafts:
                    write(draft, text)
        assert (tmp_path / "far" / "public" / "a.txt").read_text() == "two"
        assert (tmp_path / "maps").is_symlink()
        assert self.names(tmp_path / "far") == ["analyst", "public"]

    def test_one_of_two_is_a_link_and_an_error_takes_both_back(self, site, way, monkeypatch):
        target, link = site
        finals = [link, link.with_name("partnership")]

        def run(text):
            with replaced_folders(finals) as drafts:
                for draft in drafts:
                    write(draft, text)

        run("one")
        exchange, calls = folder._exchange, []

        def fails(draft, final):
            calls.append(final)
            if len(calls) == 2:
                raise OSError(errno.EIO, "Input/output error")
            exchange(draft, final)

        monkeypatch.setattr(folder, "_exchange", fails)
        with pytest.raises(OutputError, match="untouched"):
            run("two")
        assert [(final / "a.txt").read_text() for final in finals] == ["one", "one"]
        assert self.names(target.parent) == ["site"]
        assert self.names(link.parent) == ["partnership", "public"]

    @pytest.mark.parametrize(
        ("kind", "message"),
        [
            ("dangling", "which is not there"),
            ("below a file", "which is not there"),
            ("loop", "leads back to itself"),
            ("file", "which is no folder"),
            ("foreign", "was not written by vawg-geo"),
            ("another edition", "which holds the partnership edition"),
            ("up", "where .*maps is too"),
        ],
    )
    def test_links_that_lead_to_nothing_of_ours(self, tmp_path, site, kind, message):
        target, link = site
        link.unlink()
        led = {
            "dangling": "../nowhere/site", "below a file": "../file/x", "loop": "public",
            "file": "../file", "up": "..",
        }  # fmt: skip
        link.symlink_to(led.get(kind, target))
        (tmp_path / "file").write_text("mine")
        if kind == "foreign":
            (target / "thesis.txt").write_text("mine")
        if kind == "another edition":
            (target / "build.json").write_text('{"vawg_geo": "0", "edition": "partnership"}')
        if kind == "up":
            (tmp_path / "build.json").write_text('{"vawg_geo": "0", "edition": "public"}')
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(OutputError, match=message) as refused, replaced_folders([link]):
            pass
        assert "\n" not in str(refused.value)
        assert sorted(tmp_path.rglob("*")) == before
        assert link.is_symlink()

    def test_two_editions_in_one_place(self, site):
        target, link = site
        other = link.with_name("partnership")
        other.symlink_to(target)
        with (
            pytest.raises(OutputError, match="the one would replace the other"),
            replaced_folders([link, other]),
        ):
            pass
        other.unlink()
        other.symlink_to(target / "inner")
        (target / "inner").mkdir()
        write(target, "one")
        with (
            pytest.raises(OutputError, match="the one would replace the other"),
            replaced_folders([link, other]),
        ):
            pass

    @pytest.mark.parametrize("kind", ["dangling", "loop", "file"])
    def test_the_folder_of_all_editions_leads_nowhere(self, tmp_path, kind):
        (tmp_path / "file").write_text("mine")
        (tmp_path / "maps").symlink_to({"dangling": "no", "loop": "maps", "file": "file"}[kind])
        for action in (one_at_a_time(tmp_path / "maps"), replaced_folders([tmp_path / "maps/a"])):
            with pytest.raises(OutputError, match="is a link"), action:
                pass
        assert len(list(tmp_path.iterdir())) == 2

    def test_what_a_killed_run_left_behind_a_link_is_repaired(self, site, monkeypatch):
        """Killed between two renames, the link leads nowhere until the next run."""
        target, link = site
        with replaced_folders([link]) as [draft]:
            write(draft, "one")
        target.rename(target.with_name(".vawg-geo-former-site"))
        (target.parent / ".vawg-geo-draft-site-x1").mkdir()
        assert not link.exists()
        places = places_of([link])
        with one_at_a_time(*places):
            said = repair(*places)
            assert (link / "a.txt").read_text() == "one"
            with replaced_folders([link]) as [draft]:
                write(draft, "two")
        assert any("former output site is back in place" in line for line in said)
        assert (target / "a.txt").read_text() == "two"
        assert self.names(target.parent) == ["site"]

    def test_runs_by_both_ways_wait_for_each_other(self, site):
        """Another run that writes beside the target must not clear up this one's draft."""
        from filelock import FileLock, Timeout

        target, link = site
        with (
            one_at_a_time(link.parent, *places_of([link])),
            pytest.raises(Timeout),
            FileLock(target.parent / ".vawg-geo.lock", timeout=0.1),
        ):
            pass


_AS_ANOTHER = """
import os, sys
from pathlib import Path
from vawg_geo.errors import OutputError
from vawg_geo.files.folder import replaced_folders
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    with replaced_folders([Path(sys.argv[1])]):
        pass
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize("linked", [False, True])
def test_a_place_that_may_not_be_written_to(root, absent, linked):
    """In a process of its own that is not the superuser's, who may write anywhere."""
    if sys.platform == "win32":
        absent("Windows has permissions of another kind")
    import subprocess
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o777)
        (place / "closed" / "site").mkdir(parents=True)
        (place / "closed").chmod(0o555)
        final = place / "public" if linked else place / "closed" / "public"
        if linked:
            final.symlink_to(place / "closed" / "site")
        done = subprocess.run(
            [sys.executable, "-c", _AS_ANOTHER, str(final)],
            capture_output=True, text=True, check=True, cwd=root,
        )  # fmt: skip
        assert "is not yours to write to. Have its owner allow it" in done.stdout
        assert done.stdout.count("\n") == 1
        (place / "closed").chmod(0o755)
