"""The studio: a playbook written in the browser, as a form and as its file."""
