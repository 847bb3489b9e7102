//! The parameter in a path.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use motcua_catalogue::InvalidId;

use crate::problem::{Location, ParameterError, Problem};

/// The one parameter of a path, checked; a value of the wrong form is a problem that names it.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: FromStr<Err = InvalidId>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(params) = RawPathParams::from_request_parts(parts, state).await else {
            return Err(Problem::not_found("the path is not valid UTF-8"));
        };
        let Some((name, value)) = params.iter().next() else {
            return Err(Problem::not_found("nothing is at this path"));
        };
        value.parse().map(Self).map_err(|error: InvalidId| {
            Problem::parameters(vec![ParameterError::malformed(Location::Path, name, &error)])
        })
    }
}
