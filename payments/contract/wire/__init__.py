"""What goes over HTTPS between the console, the course platform and the payment services."""
