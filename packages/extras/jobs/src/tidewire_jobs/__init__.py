"""Background jobs for Tidewire applications.

from tidewire_jobs import atomic, setup, shield, spawn
"""

from tidewire_jobs._app_scheduler import AIOJOBS_SCHEDULER as AIOJOBS_SCHEDULER
from tidewire_jobs._app_scheduler import atomic as atomic
from tidewire_jobs._app_scheduler import get_scheduler as get_scheduler
from tidewire_jobs._app_scheduler import get_scheduler_from_app as get_scheduler_from_app
from tidewire_jobs._app_scheduler import get_scheduler_from_request as get_scheduler_from_request
from tidewire_jobs._app_scheduler import setup as setup
from tidewire_jobs._app_scheduler import shield as shield
from tidewire_jobs._app_scheduler import spawn as spawn
from tidewire_jobs._job import Job as Job
from tidewire_jobs._queue import JOB_BROKER as JOB_BROKER
from tidewire_jobs._queue import EnqueueError as EnqueueError
from tidewire_jobs._queue import QueuedJob as QueuedJob
from tidewire_jobs._queue import enqueue as enqueue
from tidewire_jobs._queue import find_queued_job as find_queued_job
from tidewire_jobs._queue import setup_queue as setup_queue
from tidewire_jobs._scheduler import ExceptionHandler as ExceptionHandler
from tidewire_jobs._scheduler import Scheduler as Scheduler

__all__ = [
    "AIOJOBS_SCHEDULER",
    "JOB_BROKER",
    "EnqueueError",
    "ExceptionHandler",
    "Job",
    "QueuedJob",
    "Scheduler",
    "atomic",
    "enqueue",
    "find_queued_job",
    "get_scheduler",
    "get_scheduler_from_app",
    "get_scheduler_from_request",
    "setup",
    "setup_queue",
    "shield",
    "spawn",
]
