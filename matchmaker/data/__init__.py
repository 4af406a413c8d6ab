"""What we bring along: industries, skills and a made-up community."""
