"""Stops and continues a process at random, as on a busy machine.

PAUSE_SEED=7 in the environment does it to each daemon that a test starts.
"""
import random
import signal
import threading
import time


class RandomPauses(threading.Thread):
    """Stops the process for up to 50 ms, again and again, until it ends. A stop by the test itself
    lasts until the test ends it."""

    def __init__(self, process, seed):
        super().__init__(daemon=True)
        self.process, self.chance = process, random.Random(seed)
        self.lock, self.stopped_by_test = threading.Lock(), False
        self.start()

    def run(self):
        while self.process.poll() is None:
            time.sleep(self.chance.uniform(0, 0.05))
            self.send(signal.SIGSTOP)
            time.sleep(self.chance.uniform(0, 0.05))
            self.send(signal.SIGCONT)

    def send(self, number):
        with self.lock:
            if not self.stopped_by_test:
                self.process.send_signal(number)

    def test_signal(self, number):
        with self.lock:
            if number in (signal.SIGSTOP, signal.SIGCONT):
                self.stopped_by_test = number == signal.SIGSTOP
            self.process.send_signal(number)
