"""How the console looks: tokens, fonts, icons and the one style sheet."""
