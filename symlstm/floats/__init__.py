"""Networks in IEEE arithmetic: run and argued, no theorems."""
