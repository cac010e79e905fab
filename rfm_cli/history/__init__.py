"""What happened to customers in time: steps -> states -> spells -> how fast they move."""
