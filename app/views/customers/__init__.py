"""Customers: one page for the one payer that a support agent has open."""
