"""Risk review: the queue of cases, the evidence of one, and deciding it by keyboard."""
