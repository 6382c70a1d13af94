"""Server-sent events for Tidewire applications.

    from tidewire_sse import sse_response

The README has an application, whole.
"""

from tidewire_sse._event_source import EventSourceResponse as EventSourceResponse
from tidewire_sse._event_source import sse_response as sse_response

__all__ = ["EventSourceResponse", "sse_response"]
