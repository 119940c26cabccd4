"""What is changed in playbooks: a version is published; nothing is ever edited."""

from onward.playbooks.actions.publishing import Published, publish
from onward.playbooks.actions.shipped import publish_shipped

__all__ = ["Published", "publish", "publish_shipped"]
