//! The contract, OpenAPI 3.1: written from the operations, with what every operation has in common.

mod yaml;

use std::time::Duration;

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    ContentBuilder, Header, HeaderBuilder, Info, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr, Response,
    ResponseBuilder, Server,
};
use utoipa::{OpenApi as _, ToSchema};

use motcua_http::{ErrorCode, Location, ParameterError, Problem, ProblemBody, ProblemKind};

use crate::after::{self, PlaceProblem};
use crate::place::{self, GoneProblem};
use crate::router;

const DESCRIPTION: &str = "\
Which administrative procedures exist in Vietnam, and how far each can be done online at each service centre on each \
day. Public and read-only, without keys and cookies; any web page may call it (CORS).

**Days.** Everything is dated. `as_of` chooses the day; answers say which day they are about. Periods run from \
`valid_from` up to, and without, `valid_to`, in calendar days of Vietnam.

**Levels.** `level` means nothing without the `scheme` beside it; levels of two schemes cannot be compared. A level of \
`null` is an unknown one and never counts as online.

**Absent, null, unknown.** Members are always present unless their description says otherwise. `null` means that \
nothing is recorded; `unknown` is a recorded answer.

**Values.** Money is whole đồng. Days are `YYYY-MM-DD`, moments are RFC 3339 in UTC. Texts are Unicode NFC.

**Lists** have `items` and `page`. `page.next_cursor` continues a list; a cursor belongs to its list and filters.

**Problems** are `application/problem+json` (RFC 9457). Unknown parameters are refused, and all faults are told at \
once. **Caching**: every answer has an `ETag`; send it as `If-None-Match`. **Reading what was written**: `after` asks for \
an answer that contains every change up to a place in the change log.

**Sources.** Every record names its `source`. `source.kind` = `sample` is made up for demonstration, and a site with \
such data says so in `notice`.";

#[derive(utoipa::OpenApi)]
#[openapi(
    tags(
        (name = "procedures", description = "Administrative procedures (thủ tục hành chính), and who offers them how far online."),
        (name = "centres", description = "Service centres (trung tâm, bộ phận một cửa) and what they offer."),
        (name = "units", description = "Administrative units (đơn vị hành chính) in time: provinces, districts, communes."),
        (name = "fields", description = "Fields of government (lĩnh vực)."),
        (name = "statistics", description = "Figures (số liệu thống kê): how far online a place is, and how centres work.")
    ),
    components(schemas(ProblemBody, GoneProblem, PlaceProblem, ParameterError, Location, ErrorCode))
)]
struct Contract;

/// The contract.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut contract = Contract::openapi();
    contract.info = info();
    contract.servers = Some(vec![Server::new("/")]);
    contract.merge(router::operations().into_openapi());
    let shared = contract.components.get_or_insert_default();
    shared.parameters.insert(after::SHARED.to_owned(), RefOr::T(after::parameter()));
    for item in contract.paths.paths.values_mut() {
        if let Some(operation) = &mut item.get {
            complete(operation);
        }
    }
    contract
}

/// The contract as YAML, as it stands in `openapi.yaml`.
#[must_use]
pub fn openapi_yaml() -> String {
    // A document of texts, numbers and lists always serialises; an empty one would fail the comparison with the file.
    yaml::unambiguous(&openapi().to_yaml().unwrap_or_default())
}

fn info() -> Info {
    InfoBuilder::new()
        .title("Một Cửa")
        .version("1.0.0")
        .description(Some(DESCRIPTION))
        .license(Some(
            LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build(),
        ))
        .build()
}

/// Problems that every operation can answer.
const COMMON: [ProblemKind; 9] = [
    ProblemKind::InvalidParameter,
    ProblemKind::MethodNotAllowed,
    ProblemKind::AnotherHistory,
    ProblemKind::ContentTooLarge,
    ProblemKind::UriTooLong,
    ProblemKind::HeadersTooLarge,
    ProblemKind::Internal,
    ProblemKind::Unavailable,
    ProblemKind::DeadlineExceeded,
];

fn complete(operation: &mut Operation) {
    let after = Ref::new(format!("#/components/parameters/{}", after::SHARED));
    operation.parameters.get_or_insert_default().push(RefOr::Ref(after));
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(found)) = responses.get_mut("200") {
        found
            .headers
            .insert("ETag".into(), RefOr::T(text_header("Weak tag of the answer, for `If-None-Match`.")));
        found
            .headers
            .insert("Cache-Control".into(), RefOr::T(text_header("How long the answer may be kept.")));
    }
    let unchanged = ResponseBuilder::new()
        .description("The answer is still the one that `If-None-Match` names.")
        .header("ETag", text_header("The tag."))
        .build();
    responses.insert("304".into(), unchanged.into());
    for kind in COMMON {
        let description = kind.row().explanation_en;
        responses.insert(kind.row().status.to_string(), problem_response(kind, description).into());
    }
    if let Some(RefOr::T(missing)) = responses.get_mut("404") {
        let description = missing.description.clone();
        *missing = problem_response(ProblemKind::NotFound, &description);
    }
    if let Some(RefOr::T(gone)) = responses.get_mut("410") {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(GoneProblem::name())))
            .example(Some(place::gone_example()))
            .build();
        gone.content.insert("application/problem+json".into(), RefOr::T(content));
    }
    for (_, response) in responses.iter_mut() {
        if let RefOr::T(response) = response {
            let id = text_header("Id of the request: the one sent, or a new one.");
            response.headers.insert("X-Request-Id".into(), RefOr::T(id));
        }
    }
}

fn problem_response(kind: ProblemKind, description: &str) -> Response {
    let schema = match kind {
        ProblemKind::AnotherHistory | ProblemKind::Unavailable => PlaceProblem::name(),
        _ => ProblemBody::name(),
    };
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(schema)))
        .example(
            serde_json::to_value(example(kind).body(Some("/api/v1/centres"), Some("5f1c2a90-00002a"))).ok(),
        )
        .build();
    let mut response =
        ResponseBuilder::new().description(description).content("application/problem+json", content);
    if matches!(kind, ProblemKind::Unavailable | ProblemKind::DeadlineExceeded) {
        response = response.header("Retry-After", text_header("Seconds to wait before asking again."));
    }
    if kind == ProblemKind::MethodNotAllowed {
        response = response.header("Allow", text_header("The methods that the address knows."));
    }
    response.build()
}

fn example(kind: ProblemKind) -> Problem {
    match kind {
        ProblemKind::InvalidParameter => Problem::parameters(vec![ParameterError {
            parameter: "tier".into(),
            location: Location::Query,
            value: Some("city".into()),
            code: ErrorCode::Malformed,
            reason: "\"city\" is not a tier".into(),
            remedy: "use ministry, province, district, commune or other".into(),
        }]),
        ProblemKind::AnotherHistory => {
            Problem::new(kind).with_extension("reached", after::REACHED).with_extension("after", after::PLACE)
        }
        ProblemKind::Unavailable | ProblemKind::DeadlineExceeded => {
            Problem::new(kind).with_retry_after(Duration::from_secs(2))
        }
        _ => Problem::new(kind),
    }
}

fn text_header(description: &str) -> Header {
    let schema = ObjectBuilder::new().schema_type(Type::String).build();
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}

#[cfg(test)]
mod tests;
