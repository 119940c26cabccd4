"""What follows from what was sent: which events are good, when they happened, who did them, what they amount to."""
