"""Who looks: a member, or in a statement that is built once any member."""

from dataclasses import dataclass

from sqlalchemy import BindParameter, Integer, bindparam

from matchmaker.models import Member


@dataclass(frozen=True)
class AnyMember:
    """Stand for the member who looks, in a statement that is built once for all of them.

    Building what a page asks takes ten times as long as asking it. Statements are kept
    by `functools.cache`, one for each `AnyMember`, and executed with the viewer's id as
    the parameter `viewer`.
    """

    is_operator: bool = False
    active: bool = True

    @classmethod
    def like(cls, viewer: Member) -> "AnyMember":
        return cls(viewer.is_operator, viewer.active)

    @property
    def id(self) -> BindParameter[int]:
        return bindparam("viewer", type_=Integer)


Viewer = Member | AnyMember
