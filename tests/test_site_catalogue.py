"""The catalogue: what is asked of it for each capture or article is found without a look at all of them."""

from __future__ import annotations

import re

import pytest

from cermin.site import open_catalogue

QUESTIONS = {
    "with_text": ("a",),
    "with_address": ("a",),
    "with_marks": ("[1, 2]",),
    "naming": ("a",),
    "content_path_of": ("a",),
    "place_of": ("a",),
    "row_of": ("a",),
    "main_of": ("a",),
    "has_article_of": ("a",),
    "was_read": ("a",),
    "duplicates_of": ("a",),
    "revisions_of": ("a",),
    "drop_seeds": ("a", 7),
    "learned_of": ("a",),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_looks_at_everything(tmp_path, question):
    """A question that is asked for every capture uses an index, so that its cost does not grow with the mirror."""
    asked: list[str] = []
    with open_catalogue(tmp_path) as catalogue:
        catalogue.connection.set_trace_callback(asked.append)
        answer = getattr(catalogue, question)(*QUESTIONS[question])
        assert not answer
        catalogue.connection.set_trace_callback(None)
        assert asked
        for statement in asked:
            plan = catalogue.connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            steps = [step for *_, step in plan]
            assert not [step for step in steps if re.match(r"SCAN (?!json_each|\(subquery|CONSTANT|found)", step)], (
                steps
            )
