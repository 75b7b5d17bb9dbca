"""What runs a policy on facts. The reference engine defines the meaning; others are held equal to it."""
