"""After an event: thanks, how it was, and whom one would like to see again."""
