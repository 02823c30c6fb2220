"""The OpenAPI document tells the truth: its examples run, and what is generated from it is answered as it says."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from routes.web.openapi import operations
from tests.support.api import V1, Api, Visitor, running_api

EXAMPLES_EACH = 15


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    body: dict[str, Any] = api.visitor().get(f"{V1}/openapi.json").get_json()
    return body


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory, gazetteer: Path) -> Iterator[Api]:
    """An installation with something in it, for what is generated."""
    with running_api(tmp_path_factory.mktemp("probed"), gazetteer) as running:
        running.made(running.visitor())
        yield running


@pytest.fixture(scope="module")
def described(probed: Api) -> Any:
    # The render processes of this installation do not run, so it is never ready.
    return schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", read_whole(probed.app)).exclude(path=f"{V1}/ready")


def read_whole(app: Any) -> Any:
    """Read every answer to its end and close it, as a server does and this client does not."""

    def call(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answer = app(environ, start_response)
        with closing(answer) if hasattr(answer, "close") else nullcontext():
            return [b"".join(answer)]

    return call


# Its WSGI transport leaves it to the garbage collector to close the files that answers are read from.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
# It also draws from the random module inside its strategies, which hypothesis warns of when it notices.
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_the_document_describes(described: BaseSchema, mode: GenerationMode) -> None:
    faults = {}
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # nothing that could be wrong
        asked += 1
        try:
            _probe(operation, mode)
        except (AssertionError, ExceptionGroup) as error:
            faults[operation.label] = "".join(traceback.format_exception_only(error))
    assert not faults, "\n\n".join(f"{label}: {fault}" for label, fault in faults.items())
    assert asked > 5


def _probe(operation: APIOperation, mode: GenerationMode) -> None:
    @settings(
        max_examples=EXAMPLES_EACH,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def probe(case: Case) -> None:
        # A schema cannot tell which places, themes and fonts there are, nor that a bleed is for PDF only.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    probe()


def test_every_view_is_described_with_all_its_parts(document: dict) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/"}]
    for method, operation in operations(document):
        assert operation["summary"].endswith("."), operation
        assert "500" in operation["responses"]
        assert ("403" in operation["responses"]) == (method != "get")
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= operation["responses"].keys()
        for response in operation["responses"].values():
            assert response["description"]
    assert document["components"]["securitySchemes"]["visitor"]["in"] == "cookie"


def test_nothing_in_the_document_points_nowhere(document: dict) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if "$ref" in part:
                yield part["$ref"]
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    used = set(references(document))
    assert used <= known
    assert known - used == set()


def test_every_example_runs(api: Api, document: dict) -> None:
    ran = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            ann = api.visitor()
            url = path.replace("{theme_id}", "noir" if method == "get" else _own_theme(ann, document))
            if "{" in url:
                continue
            query = {
                parameter["name"]: parameter["schema"]["examples"][0]
                for parameter in operation["parameters"]
                if parameter["in"] == "query" and "examples" in parameter["schema"]
            }
            body = (
                operation["requestBody"]["content"]["application/json"]["example"]
                if "requestBody" in operation
                else None
            )
            answer = ann.open(url, method=method.upper(), query_string=query, json=body)
            expected = {int(status) for status in operation["responses"] if int(status) < 400}
            # The render processes of this installation do not run, so it is not ready.
            assert answer.status_code in expected | ({503} if url.endswith("/ready") else set()), (url, answer.text)
            ran += 1
    assert ran > 15


def _own_theme(visitor: Visitor, document: dict) -> str:
    example = document["paths"][f"{V1}/themes"]["post"]["requestBody"]["content"]["application/json"]["example"]
    ident: str = visitor.post(f"{V1}/themes", json=example).get_json()["id"]
    return ident
