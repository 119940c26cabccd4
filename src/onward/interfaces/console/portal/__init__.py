"""How the team sees and steers its customers' portals."""
