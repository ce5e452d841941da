"""All submissions of a lesson: which files they are, and their reports as they come."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import MappingProxyType

from labs.course.marking import Handed, Marking, Report, report

ENDINGS = (".ipynb", ".py")
NOT_A_STUDENT = ("predictions", "contributions", "__MACOSX", "__pycache__")


def handed_in(path: Path, lesson: str) -> list[Handed]:
    """Return what was handed in at a path, sorted by student.

    Args:
        path: a file; a student's folder, which holds LESSON.ipynb or LESSON.py; or a folder with
            one file or one such folder for each student.
        lesson: its name.

    Raises:
        ValueError: nothing is there, or a folder in which no student has one.
    """
    if path.is_file():
        folder = path.resolve().parent
        student = folder.name if path.stem == lesson else path.stem
        return [Handed(student, path, folder)]
    if not path.is_dir():
        raise ValueError(f"FILE must be a file or a folder, got {str(path)!r}")
    if _own(path, lesson):
        return [of_folder(path.resolve(), lesson)]
    found = [_of_entry(entry, lesson) for entry in sorted(path.iterdir()) if _student(entry)]
    if not any(each.path for each in found):
        why = f" ({found[0].student}: {found[0].problem})" if found else ""
        raise ValueError(f"FILE must be a folder with submissions, got none in {str(path)!r}{why}")
    return _one_each(found)


def of_folder(folder: Path, lesson: str) -> Handed:
    """Return what one student's folder holds: the file of the lesson's name, or the only one.

    Args:
        folder: of the student's name.
        lesson: its name.
    """
    own = _own(folder, lesson)
    found = own or [each for each in sorted(folder.iterdir()) if each.suffix in ENDINGS]
    whole = [each for each in found if each.is_file() and not each.is_symlink()]
    names = ", ".join(each.name for each in whole) or "none"
    problem = (
        "" if len(whole) == 1 else f"one file {lesson}.ipynb or .py was asked for, got {names}"
    )
    if not whole or (not own and len(whole) > 1):
        return Handed(folder.name, None, folder, problem)
    newest = max(whole, key=lambda each: each.stat().st_mtime)
    return Handed(folder.name, newest, folder, problem and f"{problem}: graded {newest.name}")


def reports(
    handed: list[Handed],
    marking: Marking,
    jobs: int,
    before: Mapping[str, Report] = MappingProxyType({}),
) -> Iterator[Report]:
    """Yield the report on every submission when it is ready.

    Args:
        handed: what was handed in.
        marking: how it is graded.
        jobs: how many are graded at once.
        before: student -> an earlier report, which is taken where it still holds.
    """
    if jobs == 1:
        yield from (report(each, marking, before.get(each.student)) for each in handed)
        return
    pool = ThreadPoolExecutor(jobs)  # of processes that do the work
    try:
        waiting = [pool.submit(report, each, marking, before.get(each.student)) for each in handed]
        for done in as_completed(waiting):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _student(entry: Path) -> bool:
    if entry.name.startswith(".") or entry.name in NOT_A_STUDENT:
        return False
    return entry.suffix in ENDINGS or entry.is_dir()


def _of_entry(entry: Path, lesson: str) -> Handed:
    if entry.is_symlink():
        return Handed(entry.stem, None, problem=f"{entry.name} must be a file, got a link")
    if entry.is_dir() and entry.suffix not in ENDINGS:
        try:
            return of_folder(entry, lesson)
        except OSError as error:
            return Handed(entry.name, None, problem=f"{entry.name}: not read: {error.strerror}")
    return Handed(entry.stem, entry)


def _own(folder: Path, lesson: str) -> list[Path]:
    paths = [folder / f"{lesson}{ending}" for ending in ENDINGS]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def _one_each(handed: list[Handed]) -> list[Handed]:
    """A name for each: a student may have handed in a notebook and a script."""
    names = [each.student for each in handed]
    twice = {name for name in names if names.count(name) > 1}
    return [
        Handed(each.path.name, each.path, each.folder, each.problem)
        if each.student in twice and each.path
        else each
        for each in handed
    ]
