"""The dataset, where two stages meet: the catalogue tells what of its file is stale, and it is put together anew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from cermin import executors, output, site
from cermin.addresses import DATASET
from cermin.config import Config
from cermin.errors import Fault, OutputError
from cermin.records import Entry
from cermin.report import Reporter
from cermin.site.catalogue import MadePage, MemberRow
from cermin.site.kinds.dataset import Dataset
from cermin.site.members import Member, digest_of, find_members
from cermin.site.planning import page_row

if TYPE_CHECKING:
    from cermin.output.dataset import MadeMember, Piece


def make_dataset(
    config: Config, plan: site.Plan, make_pages: output.MakePages, report: Reporter, jobs: int
) -> list[str]:
    """Bring the dataset up to date and record it, or why it cannot be made; return its path if its file changed.

    Stale members are made, all others copied from the file that is there, unless it is not the one that was recorded.
    """
    kind, ask, catalogue = Dataset(), plan.ask, plan.catalogue
    made_of = {"shared": plan.shared[kind.name], "stamp": output.stamp_of(make_pages.folder, DATASET)}
    told = ask.dataset()
    is_known = made_of.items() <= told.items()
    if is_known and kind.name not in plan.whole and not ask.is_touched():
        return []
    # A build that changes nothing does without it.
    from cermin.output.dataset import MakeMembers, write_dataset

    members = find_members(ask)
    before = ask.members() if is_known else []
    update = _Update(before, members, told["tally"] if before else {})
    row = page_row(kind.page(digest_of(members)), plan.shared[kind.name])
    changed: list[str] = []
    if update.stale or update.gone:
        plan.made += 1
        try:
            with report.stage("Making the dataset", sum(member.count for member in update.stale)) as stage:
                entries = (ask.entries_between(member.first, member.end) for member in update.stale)
                made = executors.run(MakeMembers(config.content), entries, jobs, _work_of)
                written = write_dataset(make_pages.folder, update.pieces(made, stage.advance))
        except OutputError as error:
            with catalogue.batch():
                catalogue.forget_members()
                catalogue.keep_failure(row.path, row.kind, make_pages.place(error.faults[0]), plan.build)
            return changed
        changed += [row.path] * (written.status != "same")
        told = written._asdict() | {"tally": dict(+update.tally)}
        told |= made_of | {"stamp": output.stamp_of(make_pages.folder, DATASET)}
    with catalogue.batch():
        if not before:
            # All were made, and of those that were recorded some may be no members any more.
            catalogue.forget_members()
        catalogue.keep_members(update.gone, update.made)
        catalogue.keep_meta("dataset", json.dumps(told, sort_keys=True))
        catalogue.keep_pages([MadePage(row, bytes.fromhex(told["sha256"]), told["size"])], plan.build)
    return changed


class _Update:
    """What becomes of the members of the file, of which ``before`` are in the present one."""

    def __init__(self, before: Sequence[MemberRow], members: Sequence[Member], tally: Mapping[str, int]) -> None:
        self._members = members
        offsets = accumulate((row.size for row in before), initial=0)
        planned = {member.first: member.digest for member in members}
        self._kept = {
            row.first: (offset, row.size)
            for row, offset in zip(before, offsets, strict=False)
            if planned.get(row.first) == row.digest
        }
        self.stale = [member for member in members if member.first not in self._kept]
        self.gone = [row.first for row in before if row.first not in planned]
        self.made: list[MemberRow] = []
        self.tally = Counter(tally)
        for row in before:
            if row.first not in self._kept:
                self.tally.subtract(json.loads(row.tally))

    def pieces(self, made: Iterator[MadeMember | Fault], advance: Callable[[int], None]) -> Iterator[Piece]:
        """Yield the members as they come, those that stay and stand side by side as one piece."""
        offset = size = 0
        for member in self._members:
            if kept := self._kept.get(member.first):
                if offset + size == kept[0]:
                    size += kept[1]
                    continue
                if size:
                    yield offset, size
                offset, size = kept
                continue
            if size:
                yield offset, size
                size = 0
            result = next(made)
            if isinstance(result, Fault):
                raise OutputError(result)
            self.made.append(MemberRow(*member[:3], len(result.data), json.dumps(result.tally, sort_keys=True)))
            self.tally.update(result.tally)
            advance(member.count)
            yield result.data
        if size:
            yield offset, size


def _work_of(entries: Sequence[Entry]) -> int:
    """Return how much work a member is, in pages: a line is a quarter of one."""
    return len(entries) // 4
