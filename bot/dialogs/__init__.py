"""Dialogs in which a subscription is made and changed: what they ask, how they are drawn, and what becomes of them."""
