"""What browsers and machines reach by HTTP beside the signed API."""
