"""Who works here and what they may do: people, roles, sessions, and the trail of who did what."""
