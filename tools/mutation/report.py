"""How many mutants the tests kill, by module, and the mutants that no test kills."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tools.mutation.edits import Mutant
from tools.mutation.runs import Outcome


def report(outcomes: dict[Mutant, Outcome], equivalent: Sequence[dict[str, str]]) -> str:
    """How many mutants were killed, by module, and those that were not."""
    reasons = {(each["file"], each["function"], each["edit"]): each["reason"] for each in equivalent}
    known = {
        mutant: reason
        for mutant in outcomes
        if (reason := reasons.get((mutant.path, mutant.function, f"{mutant.before}  =>  {mutant.after}")))
    }
    counts = Counter((mutant.path, outcome == "killed") for mutant, outcome in outcomes.items())
    width = max(len(path) for path, _ in counts) if counts else 0
    lines = [f"{'module':<{width}}  killed  survived"]
    lines += [
        f"{path:<{width}}  {counts[path, True]:>6}  {counts[path, False]:>8}" for path in sorted({p for p, _ in counts})
    ]
    killed = sum(outcome == "killed" for outcome in outcomes.values())
    lines.append(f"{'all':<{width}}  {killed:>6}  {len(outcomes) - killed:>8}")
    lines.append(f"{killed} of {len(outcomes)} mutants were killed ({killed / max(len(outcomes), 1):.1%})")
    survivors = sorted((m for m, outcome in outcomes.items() if outcome != "killed"), key=lambda m: (m.path, m.line))
    for title, some in (
        ("Survivors", [m for m in survivors if m not in known]),
        ("Equivalent", [m for m in survivors if m in known]),
    ):
        if some:
            lines += ["", f"{title}: {len(some)}"]
        for mutant in some:
            outcome = outcomes[mutant]
            note = known.get(
                mutant, {"not executed": "no test executes it", "failed": "the run failed"}.get(outcome, "")
            )
            lines.append(f"  {mutant}" + (f"  ({note})" if note else ""))
    return "\n".join(lines)
