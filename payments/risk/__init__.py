"""Rules and scoring that give an order its coefficient and the reasons for it."""
