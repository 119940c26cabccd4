"""Evidence packs: archives that prove by themselves, away from any installation, that nothing in them was altered."""

from onward.foundation.evidence.packing import packed
from onward.foundation.evidence.verify import Altered, verify

__all__ = ["Altered", "packed", "verify"]
