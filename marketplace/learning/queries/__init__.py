"""What is read of decisions and calibrations."""
