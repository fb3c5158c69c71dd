"""`python -m tools.e2e`: run the deployments, clean up after a run, or print what a run would create and cost."""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from collections import Counter
from typing import Final

import tools.e2e
from podspace.cost import cost
from podspace.cost.cost import HOURS
from tools.e2e.account import Account
from tools.e2e.cases import BLOCKS, Run
from tools.e2e.network import TAG, Network

_TRIED: Final = "This was tried against the local AWS (tools/local_aws) only, never against a real account."
_MINUTES: Final = 45
"""Of a run, not measured: NAT gateways take some minutes to be created and deleted."""
_INTERRUPTED: Final = 130


def main() -> int:
    """0 if all is as expected, 1 if something is not or is left, or nothing was run, 130 after Ctrl-C."""
    given = _arguments()
    _print(_TRIED)
    run = given.clean_up or secrets.token_hex(4)
    account = Account(region=given.region, run=run, pause=given.pause)
    if given.clean_up:
        return _clean_up(account)
    if not given.yes_this_costs_money:
        _print(estimate(given.region))
        return 1
    command = f"python -m tools.e2e --region {given.region} --clean-up {run}"
    _print(f"run {run}: everything has the tag {TAG} = {run}; if the run ends early, clean up with: {command}")
    try:
        Run(account=account, report=_print)()
    except KeyboardInterrupt:
        _print(f"interrupted; what exists is left, delete it with: {command}")
        return _INTERRUPTED
    except Exception as error:  # whatever the cause, what is left costs money
        _print(f"{type(error).__name__}: {error}\nwhat exists is left, delete it with: {command}")
        return 1
    _print("all is as expected")
    return 0


def estimate(region: str) -> str:
    """What a run creates, how many minutes it takes, and what it costs."""
    zones = tuple(f"{region}{letter}" for letter in "abc")
    plan = Network(run="none", region=region, zones=zones, blocks=BLOCKS).plan
    costs = cost(plan)
    hourly, prices = costs.new_monthly / HOURS, costs.prices
    types = Counter(entry.type for entry in plan.resources())
    paid = "; ".join(f"{item.units} {item.what} at {prices.of(item.price).amount} USD/h" for item in costs.hourly)
    lines = (
        f"Without --yes-this-costs-money nothing is created. A run in {region} creates and deletes two stacks, one after",
        "the other; no EKS cluster, node or pod. A stack has at most:",
        *(f"  {count} {type_}" for type_, count in sorted(types.items())),
        "  1 AWS::EC2::SecurityGroup in place of the cluster's; for a while, a regional NAT gateway instead of the others",
        f"Paid by the hour: {paid}",
        f"  (prices of {prices.region}, {prices.date}; `podspace prices` reads those of a region)",
        f"{hourly:.2f} USD/h (estimated) for {_MINUTES} minutes (estimated) = {hourly * _MINUTES / 60:.2f} USD (estimated),",
        f"or {hourly * 2:.2f} USD (estimated) if a full hour is billed for the gateways of each stack.",
    )
    return "\n".join(lines)


def _clean_up(account: Account) -> int:
    left = account.clean_up(_print)
    for type_, ids in left.items():
        _print(f"left: {type_}: {', '.join(sorted(ids))}")
    _print("delete what is left in the console or with the AWS CLI" if left else "nothing is left")
    return 1 if left else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.e2e", description=tools.e2e.__doc__)
    parser.add_argument("--region", required=True)
    parser.add_argument("--yes-this-costs-money", action="store_true", help="create it")
    parser.add_argument("--clean-up", metavar="RUN", type=_run_id, help="delete what a run left")
    parser.add_argument("--pause", type=float, default=10, help="seconds between two reads of a stack")
    return parser.parse_args()


def _run_id(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{8}", text):
        raise argparse.ArgumentTypeError("must be the id of a run: 8 hexadecimal digits")
    return text


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
