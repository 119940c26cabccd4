"""An invented company's onboardings, lived day by day through the real actions, so that every page shows something."""
