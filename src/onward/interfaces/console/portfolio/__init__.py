"""All journeys: "which of them need somebody, and who?" Table, board, timeline; views; changes of many at once."""
