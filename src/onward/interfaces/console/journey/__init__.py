"""One journey's pages: where it stands, its plan, people, success plan, timeline and completion."""
