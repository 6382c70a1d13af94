"""`python -m tidewire_web`."""

from __future__ import annotations

import sys

from tidewire_web._cli import main

if __name__ == "__main__":
    main(sys.argv[1:])
