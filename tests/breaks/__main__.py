"""The command `python -m tests.breaks [NAME …]`: applies each break in a copy and says whether the tests notice it.

Before that the same tests must pass without a break. Those in tests/browser need what `tests/run` sets. The exit status
is 0 if all breaks were tried, 1 if the tests fail without one, and 2 for an unknown name.

Recorded on 2026-12-01 at b2da9b0, before code and tests are halved: 23 of 24 caught, in 98 s on two cores. Nothing catches
address-of-any-scheme-becomes-a-link. Of the caveats in Word only the readings of other documents are asked for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.breaks.breaks import BREAKS, Break

ROOT = Path(__file__).parents[2]
COPIES = 2
"""Number of copies in which breaks are tried at the same time."""
PASSED, FAILED, INTERRUPTED = 0, 1, 2
"""Exit statuses of pytest; it is interrupted where a file of tests cannot be imported."""


def copy_tree(target: Path) -> Path:
    """Copy the files that git tracks, and new ones that it would, as they are now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(lambda name: (ROOT / name).is_file(), listed):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


def run_tests(folder: Path, targets: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Run these tests in a copy until one fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *targets]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # else a break of the same size is not seen
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def is_caught(folder: Path, broken: Break) -> bool:
    """Whether a test fails while the break is in the copy."""
    file = folder / broken.file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(broken.text, broken.replacement), encoding="utf-8")
    try:
        ended = run_tests(folder, broken.tests)
    finally:
        file.write_text(text, encoding="utf-8")
    if ended.returncode not in (PASSED, FAILED, INTERRUPTED):
        raise RuntimeError(f"{broken.name}: pytest did not run\n{ended.stdout}{ended.stderr}")
    return ended.returncode != PASSED


def try_breaks(folder: Path, breaks: Iterable[Break]) -> int:
    """Try these breaks one after another, print a line each, and return how many were caught."""
    caught = 0
    for broken in breaks:
        found = is_caught(folder, broken)
        print(f"{'caught' if found else 'NOT CAUGHT':10}  {broken.room:9}  {broken.name}", flush=True)
        caught += found
    return caught


def main(names: Sequence[str]) -> int:
    """Try the breaks with these names, or all, print their count, and return the exit status."""
    known = {broken.name: broken for broken in BREAKS}
    if unknown := [name for name in names if name not in known]:
        print(f"There is no break {', '.join(unknown)}. Write some of: {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [known[name] for name in names] or list(BREAKS)
    with TemporaryDirectory() as scratch, ThreadPoolExecutor(COPIES) as pool:
        copies = [copy_tree(Path(scratch) / str(number)) for number in range(COPIES)]
        ended = run_tests(copies[0], sorted({target for broken in chosen for target in broken.tests}))
        if ended.returncode != PASSED:
            print(f"The tests fail without a break.\n{ended.stdout}{ended.stderr}", file=sys.stderr)
            return 1
        caught = sum(pool.map(try_breaks, copies, [chosen[number::COPIES] for number in range(COPIES)]))
    print(f"{caught} of {len(chosen)} caught")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
