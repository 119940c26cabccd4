"""Background work without a queue: rows that are due are the queue, and a loop looks after each kind."""

from onward.foundation.jobs.loops import Loop, run_loops

__all__ = ["Loop", "run_loops"]
