"""What a network should compute or decide: machines, and the shorter ways to write one."""
