"""Fleets: many unikernels at once, planned, written, audited, solved and built on the cores at hand or on a cluster.

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
