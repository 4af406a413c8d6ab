"""In the room: introductions for an event, its tables, and hours with a mentor."""

from matchmaker.blueprints.room import console, evening, hours
from matchmaker.blueprints.room.found import bp

__all__ = ["bp", "console", "evening", "hours"]
