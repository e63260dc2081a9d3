"""Custom devices: a ledger, and a clerk whose connect gets the ledger's value."""

from attrs import frozen

from functoria import Device, Type, foreign, job
from mirage_devices import register

LEDGER = Type("ledger")
CLERK = Type("clerk")


@frozen
class Ledger(Device):
    """A list that others append to."""

    title: str

    type = LEDGER
    module = "Office.Ledger"

    def connect(self, info, module, values):
        """Open the ledger under its title."""
        self.expect(values, 0)
        return f"{module}.connect {self.ocaml_string(self.title)}"


@frozen
class Clerk(Device):
    """A device that writes its name into the ledger that it depends on."""

    clerk: str
    ledger: Ledger

    type = CLERK
    module = "Office.Clerk"

    @property
    def deps(self):
        """The ledger."""
        return (self.ledger,)

    def connect(self, info, module, values):
        """Sign the ledger, which is the only value."""
        (ledger,) = self.expect(values, 1)
        return f"{module}.connect {ledger} {self.ocaml_string(self.clerk)}"


ledger = Ledger('the "main" ledger')
first, second = Clerk("first", ledger), Clerk("second", ledger)
main = foreign("Unikernel.Main", CLERK >> job, deps=[ledger, second])

app = register("order", [main @ first])
