"""The versions of a playbook: what changed from one to the next, what came of each, who follows which."""
