"""Jobs as rfm.toml tells them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.errors import UsageError
from rfm_cli.jobs.job import job_of, slugs


def test_a_job(tmp_path: Path) -> None:
    file = tmp_path / "rfm.toml"
    file.write_text(
        '[jobs.nightly]\noutputs = ["rfm score -o \'a b.csv\'", "vip"]\nkeep = 3\nfail_on = ["customers<1"]\n'
    )
    job = job_of(file, "nightly")
    assert [output.words for output in job.outputs] == [("score", "-o", "a b.csv"), ("vip",)]
    assert (job.folder, job.keep, job.fail_on) == (tmp_path / "out/nightly", 3, ("customers<1",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no job is called 'nightly'"),
        ("jobs = 3", "jobs must be a table, written as [jobs], not 3 (line 1)"),
        ("[jobs]\nnightly = 3", "[jobs] nightly must be a table, written as [jobs.nightly], not 3 (line 2)"),
        ("[jobs.nightly]\n", "no outputs in [jobs.nightly]"),
        ("[jobs.nightly]\noutput = []", "unknown key 'output' in [jobs.nightly] (line 2)"),
        ("[jobs.nightly]\noutputs = 'score'", "[jobs.nightly] outputs must be a list of texts"),
        ("[jobs.nightly]\noutputs = ['score \"']", "No closing quotation"),
        ("[jobs.nightly]\noutputs = ['']", "an empty output"),
        ("[jobs.nightly]\noutputs = ['score']\nkeep = 0", "keep must be a whole number of 1 or more, not "),
        ("[jobs.nightly]\noutputs = ['score']\nkeep = true", "keep must be a whole number of 1 or more, not "),
        ("[jobs.nightly]\noutputs = ['score']\nfolder = 1", "folder must be text in quotes, not 1 (line 3)"),
        ("[jobs", "not TOML"),
    ],
)
def test_what_is_no_job(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "rfm.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        job_of(file, "nightly")
    assert told in error.value.message


def test_without_a_file() -> None:
    with pytest.raises(UsageError, match=r"no rfm\.toml"):
        job_of(None, "nightly")


@given(st.lists(st.text(max_size=12), unique=True, max_size=20))
def test_names_of_segments_become_parts_of_file_names_all_different(names: list[str]) -> None:
    found = slugs(names)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(part and set(part) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for part in found.values())
