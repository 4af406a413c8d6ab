"""At the door and in the room: who is there, whom they look for, where they sit."""
