# noqa: INP001 - a file of the build
"""Builds `_mask.c`, the one file of this distribution that is written in C."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MaskHook(BuildHookInterface[Any]):
    """Compiles the extension module beside its source and puts it into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """See `BuildHookInterface`."""
        # Here and not above: the module is also read where wheels are made without a compiler.
        from setuptools import Distribution, Extension

        root = Path(self.root)
        source = "src/tidewire_websocket/_mask.c"
        # -O3 is where gcc and clang make vector instructions of the loop.
        arguments = ["/O2"] if os.name == "nt" else ["-O3"]
        extension = Extension("tidewire_websocket._mask", [str(root / source)], extra_compile_args=arguments)
        distribution = Distribution({"name": "tidewire-websocket-mask", "ext_modules": [extension]})
        command: Any = distribution.get_command_obj("build_ext")
        with tempfile.TemporaryDirectory() as folder:
            command.build_temp = folder
            command.build_lib = str(root / "src")
            command.ensure_finalized()
            command.run()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for suffix in ("so", "pyd"):
            build_data["artifacts"].append(f"src/tidewire_websocket/_mask.*.{suffix}")
