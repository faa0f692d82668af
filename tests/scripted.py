"A back-end that answers from a list, for tests."

from pathlib import Path
from typing import Any

from viralforge.core import ProviderError, plain
from viralforge.ports import Local, Spec


class Scripted(Local):
    "A back-end that answers from a list."

    def __init__(
        self,
        *answers: Any,  # dicts as `send` returns them, exceptions, or functions of (request, folder)
        **spec: Any,  # fields of the `Spec`, over the defaults
    ):
        self.spec = Spec(**{"name": "voice:scripted", "kind": "voice", "version": "1"} | spec)
        self.answers, self.calls = list(answers), []

    def request(
        self,
        asked: Any,  # a value, or a dict
    ) -> dict:
        "What is asked, as it is."
        return plain(asked)

    def send(
        self,
        request: dict,  # what the gate was asked for
        folder: Path,  # where files go
    ) -> dict:
        """The next answer.

        Raises: whatever stands in the list; ProviderError when the list is used up.
        """
        self.calls.append(request)
        if not self.answers:
            raise ProviderError("the scripted provider has no answer left", where=self.spec.name)
        a = self.answers.pop(0)
        if isinstance(a, BaseException):
            raise a
        return a(request, folder) if callable(a) else a
