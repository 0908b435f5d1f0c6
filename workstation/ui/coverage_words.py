"""How far a reading is, in words: slices looked at, findings undecided, what counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.domain.coverage import SETTLED_S, SLOWEST_PASS_S, WindowGroup
from workstation.domain.words import Words, say, say_count
from workstation.workspace.coverage import ANY, fitting_groups, read_slices
from workstation.workspace.decisions import open_findings
from workstation.workspace.state import Workspace

_GROUPS: Final[Mapping[WindowGroup, Words]] = {
    WindowGroup.LUNG: say("lung window"),
    WindowGroup.SOFT: say("soft-tissue window"),
    WindowGroup.BONE: say("bone window"),
    WindowGroup.BRAIN: say("brain window"),
    WindowGroup.OTHER: say("another window"),
}


def progress_words(state: Workspace) -> tuple[Words, ...]:
    """Slices looked at, then findings undecided; nothing where no series is chosen."""
    read, slices = read_slices(state)
    if not slices:
        return ()
    looked = say_count("Looked at {read} of {count} slice", "Looked at {read} of {count} slices", slices, read=read)
    if state.shown_result is None or not state.shown_result.findings:
        return (looked,)
    undecided = say_count("{count} finding undecided", "{count} findings undecided", open_findings(state))
    return (say("{looked} · {undecided}", looked=looked, undecided=undecided),)


def rule_words(state: Workspace) -> Words | None:
    """What makes a slice count, and in which window."""
    stack = state.chosen_stack
    if stack is None:
        return None
    groups = fitting_groups(stack, state.shown_result)
    rule = say(
        "A slice counts that stayed {settled:.2f} s, or was scrolled past at {pace:.0f} slices a second or slower.",
        settled=SETTLED_S,
        pace=1 / SLOWEST_PASS_S,
    )
    if groups == ANY:
        return rule
    first, *more = [_GROUPS[group] for group in WindowGroup if group in groups]
    windows = say("{one} or {other}", one=first, other=more[0]) if more else first
    return say("{rule} Here: in the {windows}.", rule=rule, windows=windows)
