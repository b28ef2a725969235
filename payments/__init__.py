"""The payment services: orders, channels, risk, refunds and the ledger behind the console."""
