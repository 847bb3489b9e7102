//! Documentation of `after`, which every operation takes and none reads: [`motcua_http::wait_for_place`] does.

use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Name of its description in the contract, to which every operation refers.
pub(crate) const SHARED: &str = "After";

/// A place in the change log, for examples.
pub(crate) const PLACE: &str = "8f14e45fceea167a5a36dedd4bea2543.97458.\
                                ac34847efb320304b46447740de8b13137f939f2e33bd105bd9f09294fb19a40";

/// One before it.
pub(crate) const REACHED: &str = "8f14e45fceea167a5a36dedd4bea2543.97457.\
                                  5e2bf57d3f40c4b6df69daf1936cb766f832374b4fc0259a7cbff06e2f70f269";

/// The description.
pub(crate) fn parameter() -> Parameter {
    ParameterBuilder::new()
        .name("after")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "A place in the change log, as whoever writes is told it: log id, number and hash with dots between them. The \
             answer then contains every change up to there. It waits for that up to one second; after that 503 says how \
             far this node is. 409 where the place is not in the log's history.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .example(Some(json!(PLACE)))
        .build()
}

/// Problem (RFC 9457) of an answer that cannot be given, maybe because of the place that `after` names.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its documentation is used")]
pub(crate) struct PlaceProblem {
    /// Address of the problem's type.
    #[schema(rename = "type", format = "uri-reference", example = "/problems/another-history")]
    kind: &'static str,
    /// What the type means.
    title: &'static str,
    /// HTTP status.
    #[schema(minimum = 409, maximum = 503, example = 409)]
    status: u16,
    /// What is special about this occurrence.
    #[schema(nullable = false)]
    detail: Option<String>,
    /// Path that was asked for.
    #[schema(format = "uri-reference", example = "/api/v1/centres")]
    instance: String,
    /// Id of the request, also in the `X-Request-Id` header.
    #[schema(nullable = false, example = "5f1c2a90-00002a")]
    request_id: Option<String>,
    /// The place in the change log to which this node has come; only where `after` is the reason.
    #[schema(nullable = false)]
    reached: Option<String>,
    /// The place asked for; only where it is the reason.
    #[schema(nullable = false)]
    after: Option<String>,
}
