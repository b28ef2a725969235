"""The orders panel: every order in one table, and everything known of one in the pane beside it."""
