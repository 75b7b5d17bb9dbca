"""The built-in plugins, one module per outside system."""
