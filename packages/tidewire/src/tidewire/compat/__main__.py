"""`python -m tidewire.compat program.py arguments...`, or with `-m module`, `-c code` or `-`: as python itself."""

import sys

from tidewire.compat._program import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
