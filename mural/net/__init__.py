"""What is known of the network without asking it, and the guards of every request to another host."""
