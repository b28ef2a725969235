"""One folder a payment channel: adapter, messages, signing and simulator of its wire protocol."""
