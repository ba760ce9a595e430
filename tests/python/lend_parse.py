"""Gives a new warehouse, whose environment this runs in, what dbt read of the project for another.

To read the project takes longer than to build a small shop. dbt would read it anew for each engine,
as its address is another one, though nothing that is read depends on that: so the parse gets the
new address's mark. What dbt looks at besides, such as changed files, it still looks at.
"""

import os
import pprint
import sys
from argparse import Namespace
from pathlib import Path

from dbt.artifacts.resources.base import FileHash
from dbt.config.runtime import load_profile
from dbt.constants import PARTIAL_PARSE_FILE_NAME
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import SeedNode
from dbt.flags import set_from_args
from dbt.parser.manifest import extended_mashumaro_encoder, extended_mashumuro_decoder
from dbt_common.context import set_invocation_context

from warehouse import environment
from warehouse.dbt import target_path

environment.load()
set_invocation_context(os.environ)
root = str(environment.ROOT)
set_from_args(Namespace(PROJECT_DIR=root, PROFILES_DIR=str(environment.ROOT / "profiles")), None)
for lent in Path(sys.argv[1]).glob(f"*/{PARTIAL_PARSE_FILE_NAME}"):
    target = lent.parent.name
    credentials = load_profile(root, {}, target_override=target).credentials
    manifest = Manifest.from_msgpack(lent.read_bytes(), decoder=extended_mashumuro_decoder)
    address = pprint.pformat(sorted(credentials.connection_info()))
    manifest.state_check.profile_hash = FileHash.from_contents(address)
    # A copy of the project, which the test has changed or will, has its own seeds.
    for node in manifest.nodes.values():
        if isinstance(node, SeedNode):
            node.root_path = root
    path = target_path(target) / PARTIAL_PARSE_FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))
