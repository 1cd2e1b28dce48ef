"""What the code books say of one code."""
