"""What is told to whom: notifications, and the deliveries that failed."""
