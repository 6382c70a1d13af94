"""How much a form may have, whichever way it is encoded."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tidewire_http_io.forms._form_errors import FormTooLarge

__all__ = ["FormLimits", "FormTally"]


@dataclass(frozen=True, kw_only=True)
class FormLimits:
    """Limits of one form: those of a urlencoded one and of a multipart one are the same (S16).

    Each is an int, 0 or above.

    Attributes:
        fields: fields and files together. 1000 is what other servers take.
        field: bytes of one field, name and value together, as they are kept.
        total: bytes of all of them together.

    Raises:
        TypeError: a limit is not an int.
        ValueError: a limit is below 0.
    """

    fields: int = 1000
    field: int = 1048576
    total: int = 1048576

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int:
                raise TypeError(f"FormLimits.{field.name} is an int, not {type(value).__name__}")
            if value < 0:
                raise ValueError(f"FormLimits.{field.name} is 0 or above, not {value}")


class FormTally:
    """Counts what a form has as it comes, before it is kept.

    Args:
        limits: what it may have.
    """

    __slots__ = ("_fields", "_left", "_limits", "_total_left")

    def __init__(self, limits: FormLimits) -> None:
        self._limits = limits
        self._fields = 0
        self._left = 0
        self._total_left = limits.total

    def begin_field(self, name_size: int) -> None:
        """Count a field.

        Args:
            name_size: bytes of its name.

        Raises:
            FormTooLarge: there are too many, or too many bytes.
        """
        self._fields += 1
        if self._fields > self._limits.fields:
            raise FormTooLarge("too many fields in a form", self._limits.fields)
        self._left = self._limits.field
        self.charge(name_size)

    def charge(self, size: int) -> None:
        """Count bytes of the value of the field that was begun last.

        Args:
            size: how many bytes.

        Raises:
            FormTooLarge: there are too many.
        """
        self._left -= size
        self._total_left -= size
        if self._left < 0:
            raise FormTooLarge("field of a form too large", self._limits.field)
        if self._total_left < 0:
            raise FormTooLarge("form too large", self._limits.total)
