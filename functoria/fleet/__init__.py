"""Fleets: plan, write, audit, solve and build many unikernels at once, on all cores or on a cluster.

fleet = Fleet.discover("unikernels/", targets="all")
for result in fleet.plans():
print(result.case, result.outcome)
"""

from functoria.fleet.case import Case as Case
from functoria.fleet.fleet import Fleet as Fleet
from functoria.fleet.group import ALL as ALL
from functoria.fleet.outline import Outline as Outline
from functoria.fleet.result import Result as Result
from functoria.location import entry

entry(__name__)

__all__ = ["ALL", "Case", "Fleet", "Outline", "Result"]
