"""How much memory a run may keep full of photos and of what was made of them."""

BUDGET_BYTES = 2**30


class Budget:
    """Bytes that are taken once and not given back. For one thread."""

    def __init__(self, left_bytes: int = BUDGET_BYTES) -> None:
        self._left_bytes = left_bytes

    def take(self, wanted_bytes: int) -> bool:
        """Take so many bytes; False, with nothing taken, when fewer are left."""
        if wanted_bytes > self._left_bytes:
            return False
        self._left_bytes -= wanted_bytes
        return True
