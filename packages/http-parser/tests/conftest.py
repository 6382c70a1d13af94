"""What the tests of this distribution share: `parser_trace`, which they import by that name."""

from __future__ import annotations

from tidewire_testing import import_beside

import_beside(__file__, "parser_trace")
