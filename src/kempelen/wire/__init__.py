"""The wire door: AWS Signature Version 4 and AWS JSON over bounded HTTP, translated to operations."""
