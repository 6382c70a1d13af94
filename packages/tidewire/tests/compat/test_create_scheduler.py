from __future__ import annotations

import pytest

from tidewire.compat._create_scheduler import create_scheduler


async def test_a_scheduler_is_made() -> None:
    pytest.importorskip("tidewire_jobs")
    with pytest.warns(DeprecationWarning, match=r"Scheduler\(\)"):
        scheduler = await create_scheduler(limit=3)
    assert scheduler.limit == 3
    await scheduler.close()
