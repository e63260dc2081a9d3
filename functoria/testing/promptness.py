"""Settings of Hypothesis for properties of plans."""

from hypothesis import Phase, settings

quick = settings(deadline=None, phases=[phase for phase in Phase if phase is not Phase.explain])
"""Settings with which a property that fails says so soon, as a decorator or as `settings(quick, max_examples=…)`.

Hypothesis's phase `explain` is left out: it runs what failed again and again with each line of Python traced, to say
which lines only failing examples run. Planning and checking run many lines, and which of them those are says nothing of a
configuration. There is no deadline, for the first example imports what the others find imported.
"""
