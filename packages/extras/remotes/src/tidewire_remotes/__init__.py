"""Who the clients of a Tidewire application are, and whether they are let in.

    from tidewire_remotes import AllowedHosts, Secure, XForwardedFiltered, setup

The README has an application, whole.
"""

from tidewire_remotes._addresses import AddressLike as AddressLike
from tidewire_remotes._addresses import TrustedList as TrustedList
from tidewire_remotes._allowed_hosts import AllowedHosts as AllowedHosts
from tidewire_remotes._basic_auth import BasicAuth as BasicAuth
from tidewire_remotes._cloudflare import Cloudflare as Cloudflare
from tidewire_remotes._errors import IncorrectForwardedCount as IncorrectForwardedCount
from tidewire_remotes._errors import IncorrectHostCount as IncorrectHostCount
from tidewire_remotes._errors import IncorrectIPCount as IncorrectIPCount
from tidewire_remotes._errors import IncorrectProtoCount as IncorrectProtoCount
from tidewire_remotes._errors import InvalidHeader as InvalidHeader
from tidewire_remotes._errors import RemoteError as RemoteError
from tidewire_remotes._errors import TooManyHeaders as TooManyHeaders
from tidewire_remotes._errors import UntrustedIP as UntrustedIP
from tidewire_remotes._forwarded import ForwardedRelaxed as ForwardedRelaxed
from tidewire_remotes._forwarded import ForwardedStrict as ForwardedStrict
from tidewire_remotes._secure import Secure as Secure
from tidewire_remotes._tool import ABC as ABC
from tidewire_remotes._tool import setup as setup
from tidewire_remotes._x_forwarded import XForwardedFiltered as XForwardedFiltered
from tidewire_remotes._x_forwarded import XForwardedRelaxed as XForwardedRelaxed
from tidewire_remotes._x_forwarded import XForwardedStrict as XForwardedStrict

__all__ = [
    "ABC",
    "AddressLike",
    "AllowedHosts",
    "BasicAuth",
    "Cloudflare",
    "ForwardedRelaxed",
    "ForwardedStrict",
    "IncorrectForwardedCount",
    "IncorrectHostCount",
    "IncorrectIPCount",
    "IncorrectProtoCount",
    "InvalidHeader",
    "RemoteError",
    "Secure",
    "TooManyHeaders",
    "TrustedList",
    "UntrustedIP",
    "XForwardedFiltered",
    "XForwardedRelaxed",
    "XForwardedStrict",
    "setup",
]
