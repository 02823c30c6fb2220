"""What several tests share: real parts to start, and the fakes of the outside world."""
