"""`python -m tools.e2e`: run the deployments, clean up after a run, or say what they would create and cost."""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from collections import Counter

from podspace.cost import cost
from podspace.cost.cost import HOURS
from tools.e2e import __doc__ as about
from tools.e2e.account import Account
from tools.e2e.cases import BLOCKS, Run
from tools.e2e.network import TAG, Network

_TRIED: str = "This was tried against the local AWS (tools/local_aws) only, never against a real account."
_MINUTES: int = 25
"""Of a run; NAT gateways take some minutes to be created and deleted. Not measured."""
_STACKS: int = 2
_INTERRUPTED: int = 130


def main() -> int:
    """0 when all is as expected, else 1."""
    given = _arguments()
    print(_TRIED)
    run = given.clean_up or secrets.token_hex(4)
    account = Account(region=given.region, run=run, pause=given.pause)
    if given.clean_up:
        return _clean_up(account)
    if not given.yes_this_costs_money:
        print(estimate(given.region))
        return 1
    command = f"python -m tools.e2e --region {given.region} --clean-up {run}"
    print(f"run {run}: everything has the tag {TAG} = {run}; if the run ends early, clean up with: {command}", flush=True)
    try:
        Run(account=account, report=lambda line: print(line, flush=True))()
    except KeyboardInterrupt:
        print(f"interrupted; what exists is left: {command}")
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001  whatever went wrong, things may be left that cost money
        print(f"{type(error).__name__}: {error}\nwhat exists is left: {command}")
        return 1
    print("all is as expected")
    return 0


def estimate(region: str) -> str:
    """What a run creates, how long it takes, and what it costs."""
    plan = Network(run="00000000", region=region, zones=(f"{region}a", f"{region}b"), blocks=BLOCKS[:1]).plan
    counted = cost(plan)
    hourly = counted.new_monthly / HOURS
    table = counted.prices
    types = Counter(entry.type for entry in plan.resources())
    paid = [f"{item.units} × {item.what}, {counted.prices.of(item.price).amount} USD/h" for item in counted.hourly]
    return "\n".join(
        (
            f"Nothing is created without --yes-this-costs-money. A run in {region} creates {_STACKS} stacks, one after the",
            "other, and deletes them. Each has:",
            *(f"  {count} × {type_}" for type_, count in sorted(types.items())),
            "  1 × AWS::EC2::SecurityGroup in place of the cluster's; for a while, another CIDR block with its subnets",
            f"Paid by the hour: {'; '.join(paid)}",
            f"  (prices of {table.region}, {table.date}; `podspace prices` reads those of a region)",
            f"{hourly:.2f} USD/h × {_MINUTES} minutes (estimated) = {hourly * _MINUTES / 60:.2f} USD (estimated);",
            f"  {hourly * _STACKS:.2f} USD (estimated) if AWS bills a full hour for each gateway of each stack.",
        )
    )


def _clean_up(account: Account) -> int:
    left = account.clean_up(print)
    for type_, ids in left.items():
        print(f"left: {type_}: {', '.join(sorted(ids))}")
    print("delete these by hand, in the console or with the AWS CLI" if left else "nothing is left")
    return 1 if left else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.e2e", description=about)
    parser.add_argument("--region", required=True)
    parser.add_argument("--yes-this-costs-money", action="store_true", help="create it")
    parser.add_argument("--clean-up", metavar="RUN", type=_run_id, help="delete what a run left")
    parser.add_argument("--pause", type=float, default=10, help="seconds between two reads of a stack")
    return parser.parse_args()


def _run_id(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{8}", text):
        raise argparse.ArgumentTypeError("must be the id of a run: 8 hexadecimal digits")
    return text


if __name__ == "__main__":
    sys.exit(main())
