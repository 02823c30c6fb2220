from __future__ import annotations

from pathlib import Path

import numpy as np

from mural.errors import MuralError, NotFound, RenderError, TooMany
from mural.worker.protocol import ANSWER, REQUEST, Failed, encode_answer, encode_request
from tests.render_requests import make_request


def crossed(error: MuralError) -> MuralError:
    line = encode_answer(Failed.from_error(error))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    answer = ANSWER.validate_json(line)
    assert isinstance(answer, Failed)
    return answer.to_error()


def test_a_request_is_one_line_and_comes_back_equal(tmp_path: Path) -> None:
    request = make_request("job\n1", tmp_path)
    line = encode_request(request)
    assert line.count(b"\n") == 1
    assert REQUEST.validate_json(line) == request


def test_errors_with_arguments_of_their_own_cross() -> None:
    assert crossed(NotFound("Theme", "noir")).message == "There is no theme “noir”."
    limited = crossed(TooMany("Slow down.", retry_after_s=9))
    assert isinstance(limited, TooMany)
    assert limited.retry_after_s == 9


def test_facts_that_json_has_no_word_for_cross_as_text() -> None:
    assert crossed(RenderError("No.", share=np.float32(0.5), where=Path("a/b"))).facts == {
        "share": "0.5",
        "where": "a/b",
    }


def test_an_error_of_an_unknown_kind_is_a_render_error() -> None:
    for name in ("NoSuchThing", "annotations", "Any", "__name__"):
        assert type(Failed(error=name, message="?").to_error()) is RenderError
