"""Erases a customer from the archive on Greenplum, where nothing else is ever changed."""

import json

from warehouse.dbt import dbt_quietly
from warehouse.erasure.customer import Customer


def erase(customer: Customer) -> None:
    """Delete the customer's own rows, in every version, and give the sales to nobody.

    One transaction, with the ledger's entries that account for it. The sales keep their number,
    day, product and amounts, so no total changes.

    Raises:
        UserError: dbt failed; it has said why.
    """
    arguments = json.dumps({"customer_key": str(customer.key)})
    dbt_quietly("run-operation", "erase_from_archive", "--args", arguments, target="greenplum")
