"""One event from its own page: its people, letters to them, files, how it went."""
