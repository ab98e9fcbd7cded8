"""An upload that stays in memory: nothing of it is ever written to the server's disk."""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class Bounded(FileUploadHandler):
    """Takes in files of at most ``most`` bytes; what is larger is read past, and ``too_large`` says so."""

    def __init__(self, *, most: int) -> None:
        super().__init__()
        self.most = most
        self.too_large = False
        self._taken = io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._taken = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        if self._taken.tell() + len(raw_data) > self.most:
            self.too_large = True
            self._taken = io.BytesIO()
            raise SkipFile(self.file_name)
        self._taken.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._taken.seek(0)
        return InMemoryUploadedFile(
            file=self._taken,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
