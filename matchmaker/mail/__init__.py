"""What we write to members, and how it gets to them."""
