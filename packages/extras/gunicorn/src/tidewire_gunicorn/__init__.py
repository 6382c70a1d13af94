"""Workers for gunicorn that serve Tidewire applications.

    gunicorn module:app --worker-class tidewire_gunicorn.GunicornWebWorker

The README says which of gunicorn's settings count.
"""

from tidewire_gunicorn._uvloop_worker import GunicornUVLoopWebWorker as GunicornUVLoopWebWorker
from tidewire_gunicorn._worker import GunicornWebWorker as GunicornWebWorker

__all__ = ["GunicornUVLoopWebWorker", "GunicornWebWorker"]
