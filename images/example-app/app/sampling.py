"""Which requests are traced: those of a person always, of a load a share, so that tracing costs it next to nothing."""

import time

BURST, PER_SECOND = 20, 5  # more than a person's clicks, far less than a load


class Budget:
    """Grants PER_SECOND traces a second, after a pause up to BURST at once."""

    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.left, self.told = BURST, clock()

    def take(self):
        now = self.clock()
        self.left = min(BURST, self.left + (now - self.told) * PER_SECOND)
        self.told = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
