"""What people type, a module a command."""
