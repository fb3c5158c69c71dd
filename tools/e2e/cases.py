"""The cases of a run: each deploys, and what exists afterwards is compared with the plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from botocore.exceptions import ClientError

from podspace.planning import Plan
from tools.e2e.account import STACK, Account, Resources, Tagged
from tools.e2e.comparison import differences
from tools.e2e.network import OBSTACLE, Network, template_for, with_obstacle

BLOCKS: Final = ("100.64.0.0/16", "100.65.0.0/16")
"""The CIDR block that the pods have, and the one that is added and removed."""
_TRIES: Final = 12


class FailedError(RuntimeError):
    """What is in the account is not what is expected."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run.

    Attributes:
        account: where it deploys.
        report: what takes the lines of the report.
    """

    account: Account
    report: Callable[[str], None]

    def __call__(self) -> None:
        """Run all cases.

        Raises:
            FailedError: something is not as expected; what exists then is left.
        """
        account = self.account
        zones = tuple(account.zones()[:3])
        network = Network(run=account.run, region=account.region, zones=zones[:2], blocks=BLOCKS[:1])
        id_ = account.create(account.stack_name, template_for(network))
        self._refuse_a_second(id_, network)
        self._expect("creation", id_, account.wait(id_), "CREATE_COMPLETE")
        self._as_planned(id_, network.plan)
        self._expect("deployment without a change", id_, account.update(id_, template_for(network)), "")
        self._grow_and_shrink("CIDR block", id_, network, replace(network, blocks=BLOCKS))
        self._grow_and_shrink("zone", id_, network, replace(network, zones=zones))
        self._fail_to_update(id_, network, replace(network, blocks=BLOCKS))
        self._change_egress(id_, network, replace(network, egress=(("regional_nat_gateway", "automatic"),)))
        self._delete(id_, network)
        self._roll_back(network)

    def _refuse_a_second(self, id_: str, network: Network) -> None:
        """While a stack is created, CloudFormation refuses to update it."""
        try:
            self.account.update(id_, template_for(network))
        except ClientError as error:
            if "IN_PROGRESS" not in str(error):
                raise
            self.report("a second deployment at the same time: refused")
        else:
            raise FailedError("a second deployment at the same time was not refused")

    def _grow_and_shrink(self, what: str, id_: str, small: Network, large: Network) -> None:
        """What is added replaces nothing, and can be removed."""
        account, ids = self.account, self.account.resources(id_)
        self._expect(f"another {what}", id_, account.update(id_, template_for(large)), "UPDATE_COMPLETE")
        if not ids.items() < self._as_planned(id_, large.plan).items():
            raise FailedError("the update replaced resources that existed")
        self._expect(f"removal of the {what}", id_, account.update(id_, template_for(small)), "UPDATE_COMPLETE")
        if self._as_planned(id_, small.plan) != ids:
            raise FailedError("the update replaced resources that existed")

    def _fail_to_update(self, id_: str, network: Network, later: Network) -> None:
        """An update that fails when everything else of it is done leaves what was there before."""
        account, ids = self.account, self.account.resources(id_)
        status = account.update(id_, with_obstacle(template_for(later)))
        self._expect("update that fails on purpose", id_, status, "UPDATE_ROLLBACK_COMPLETE")
        if self._as_planned(id_, network.plan) != ids:
            raise FailedError("the update that was rolled back replaced resources that existed")

    def _change_egress(self, id_: str, network: Network, other: Network) -> None:
        account = self.account
        self._expect("another kind of egress", id_, account.update(id_, template_for(other)), "UPDATE_COMPLETE")
        self._as_planned(id_, other.plan)
        self._expect("the first kind of egress", id_, account.update(id_, template_for(network)), "UPDATE_COMPLETE")

    def _delete(self, id_: str, network: Network) -> None:
        """A deletion leaves what has a Retain policy, and nothing else."""
        account, ids = self.account, self._as_planned(id_, network.plan)
        self._expect("deletion", id_, account.delete(id_), "DELETE_COMPLETE")
        retained: Tagged = {}
        for entry in network.plan.resources():
            if entry.retained:
                retained.setdefault(entry.type, set()).add(ids[entry.logical_id][1])
        self._left(retained)
        account.clean_up(self.report)
        self._left({})

    def _roll_back(self, network: Network) -> None:
        """A creation that fails when everything but one resource exists leaves only the stack."""
        account = self.account
        id_ = account.create(f"{account.stack_name}-fails", with_obstacle(template_for(network)))
        self._expect("creation that fails on purpose", id_, account.wait(id_), "ROLLBACK_COMPLETE")
        if (failed := account.failures(id_)).keys() != {OBSTACLE}:
            raise FailedError(f"expected that only {OBSTACLE} fails: {failed}")
        self._left({STACK: {id_}})
        self._expect("deletion of what was rolled back", id_, account.delete(id_), "DELETE_COMPLETE")
        self._left({})

    def _expect(self, what: str, id_: str, status: str, expected: str) -> None:
        if status != expected:
            reasons = self.account.failures(id_)
            raise FailedError(f"{what}: {status or 'no updates'}, expected {expected or 'no updates'}: {reasons}")
        self.report(f"{what}: {status or 'no updates'}")

    def _as_planned(self, id_: str, plan: Plan) -> Resources:
        """The resources of the stack, which are those of the plan."""
        resources = self.account.resources(id_)
        if found := list(differences(self.account, resources, plan)):
            raise FailedError("\n".join(("not as planned:", *found)))
        self.report(f"  {len(resources)} resources as planned")
        return resources

    def _left(self, expected: Tagged) -> None:
        """Compare what exists with what is expected, repeatedly, as lists of AWS can be some seconds late."""
        for _ in range(_TRIES):
            if (found := self.account.tagged()) == expected:
                self.report(f"  left: {', '.join(expected) or 'nothing'}")
                return
            time.sleep(self.account.pause)
        raise FailedError(f"left: {found}, expected {expected or 'nothing'}")
