"""The one error of the readers."""

from taizhang.core.messages import Message


class Unreadable(ValueError):  # noqa: N818 - says what the file is
    """A file cannot be read; ``message`` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
