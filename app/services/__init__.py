"""What the console does: sync, sign-in, pending actions, exports. No widgets here."""
