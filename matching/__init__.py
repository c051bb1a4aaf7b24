"""The engine: who fits whom, how well, and why.  A library without I/O, clock or framework."""
