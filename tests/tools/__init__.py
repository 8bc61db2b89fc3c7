"""Small programs for maintainers; nothing of the product needs them at run time."""
