"""The reference page of the shipped playbooks: which is for whom, its stages, its days, where it comes from."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from onward.kernel import metrics
from onward.playbooks.decisions.choosing import Candidate, choose
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Timing


def overview_page(books: Sequence[Playbook]) -> str:
    """docs/reference/playbooks.md: a table of all, then each with its stages, days and source."""
    ordered = sorted(books, key=lambda book: (-book.choose_rank, book.title))
    return "\n".join(_page(ordered)) + "\n"


def chosen_for(books: Sequence[Playbook]) -> dict[str, str]:
    """Segment -> the id of the playbook that an account of it gets by itself, "" where a person would be asked."""
    candidates = [
        Candidate(UUID(int=at), book.id, book.title, book.choose_rank, book.choose_when)
        for at, book in enumerate(books, 1)
    ]
    use = metrics.find("account.segment")
    segments = use.metric.choices if use else ()
    return {segment: choose(candidates, {"account.segment": segment}).key for segment in segments}


def _page(books: Sequence[Playbook]) -> Iterator[str]:
    chosen = chosen_for(books)
    yield "# The shipped playbooks"
    yield ""
    yield "Written from `playbooks/` by `onward reference`; do not edit."
    yield ""
    yield "A new account gets the playbook of its segment by itself; every other one is chosen by hand when its journey"
    yield "is opened, or copied for your own. Days are counted from the signature."
    yield ""
    yield "| playbook | for | stages | first value | complete |"
    yield "|---|---|---|---|---|"
    for book in books:
        segments = [_plain(segment) for segment, key in chosen.items() if key == book.id]
        whom = f"{_listed(segments)} accounts" if segments else "chosen by hand"
        targets = f"{_days(book.targets.first_value)} | {_days(book.targets.complete)}"
        yield f"| [{book.title}](#{book.id}) | {whom} | {len(book.stages)} | {targets} |"
    for book in books:
        yield from ("", f'<a id="{book.id}"></a>', "", f"## {book.title}", "", f"`{book.id}`. {book.source}", "")
        yield from (f"{number}. {stage.title}" for number, stage in enumerate(book.stages, 1))


def _days(timing: Timing | None) -> str:
    """`simple 30 days, standard 45 days`, or one span for all."""
    if timing is None:
        return "no target"
    cases = [f"{_plain(case.value)} {_span(case.timing)}" for case in timing.cases]
    rest = f"otherwise {_span(timing.otherwise)}" if timing.otherwise and cases else ""
    known = {case.timing.text for case in timing.cases}
    if timing.otherwise is not None and timing.otherwise.text in known:
        rest = ""
    return ", ".join([*cases, *([rest] if rest else [])]) or _span(timing.otherwise or timing)


def _span(timing: Timing) -> str:
    if timing.counts_days:
        return "as the organization's targets say"
    return timing.span.words if timing.span else timing.text


def _plain(word: str) -> str:
    return word.replace("_", "-" if word in ("self_serve", "mid_market") else " ")


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
