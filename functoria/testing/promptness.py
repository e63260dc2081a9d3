"""Settings of Hypothesis for properties of plans."""

from hypothesis import Phase, settings

quick = settings(deadline=None, phases=[phase for phase in Phase if phase is not Phase.explain])
"""Settings with which failing properties are reported soon, as a decorator or as `settings(quick, max_examples=…)`.

They omit Hypothesis's phase `explain`, which runs a failing example many times with every line of Python traced, to find the
lines that only failing examples run. Planning and checking run many lines, which tell nothing about a configuration. There is
no deadline, because the first example also does the imports.
"""
