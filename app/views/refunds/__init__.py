"""The refunds panel: what waits for a decision, asking for a refund, and its way to the payer."""
