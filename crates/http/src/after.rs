//! Reading what one wrote: `after=<place>` asks for an answer from a state that has come to a place in the change log.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use motcua_catalogue::LogPlace;
use motcua_search::Arrival;

use crate::problem::{ErrorCode, Location, ParameterError, Problem, ProblemKind};
use crate::query::decode_pairs;
use crate::state::AppState;

/// Name of the parameter.
pub(crate) const AFTER: &str = "after";

/// How long an answer waits for the index.
const PATIENCE: Duration = Duration::from_secs(1);

/// Layer for every route that reads the catalogue: holds a request with `after` back until the index has come to that
/// place. What is read from the database is at least as new as the index. The parameter is taken out of the address, so
/// that handlers, tags and cursors are the same with and without it.
///
/// Use it with `axum::middleware::from_fn_with_state(state, wait_for_place)`, outside [`revalidate`](crate::revalidate):
/// what a client has may be older than the place.
pub async fn wait_for_place(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let Some(taken) = take_out(request.uri()) else { return next.run(request).await };
    match taken {
        Ok((without, place)) => {
            if let Some(place) = &place
                && let Err(problem) = wait(&state, place).await
            {
                return problem.into_response();
            }
            *request.uri_mut() = without;
            let mut response = next.run(request).await;
            if let Some(place) = place {
                carry_on(&mut response, &place);
            }
            response
        }
        Err(error) => Problem::parameters(vec![error]).into_response(),
    }
}

/// A redirect names the place as well: another node may answer there.
fn carry_on(response: &mut Response, place: &LogPlace) {
    let Some(location) = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok())
    else {
        return;
    };
    let mark = if location.contains('?') { '&' } else { '?' };
    if let Ok(location) = HeaderValue::try_from(format!("{location}{mark}{AFTER}={place}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
}

async fn wait(state: &AppState, place: &LogPlace) -> Result<(), Problem> {
    match state.engine.wait_for(place, PATIENCE).await? {
        Arrival::Reached => Ok(()),
        Arrival::NotYet(here) => Err(Problem::new(ProblemKind::Unavailable)
            .with_detail(format!(
                "this node has come to change {} and not yet to change {}",
                here.sequence, place.sequence
            ))
            .with_retry_after(PATIENCE)
            .with_extension("reached", here.to_string())
            .with_extension(AFTER, place.to_string())),
        Arrival::AnotherHistory => Err(Problem::new(ProblemKind::AnotherHistory)
            .with_detail(format!(
                "change {} with the hash that `after` names is not in the log of this catalogue",
                place.sequence
            ))
            .with_extension("reached", state.engine.place().to_string())
            .with_extension(AFTER, place.to_string())),
    }
}

/// The address without the parameter, and the place that it names; nothing where the parameter is not there. An empty
/// value is the same as no value.
fn take_out(uri: &Uri) -> Option<Result<(Uri, Option<LogPlace>), ParameterError>> {
    let query = uri.query()?;
    let (mut kept, mut values) = (Vec::new(), Vec::new());
    let mut is_named = false;
    for part in query.split('&') {
        match decode_pairs(part).0.pop() {
            Some((name, value)) if name == AFTER => {
                is_named = true;
                values.extend(Some(value.trim().to_owned()).filter(|value| !value.is_empty()));
            }
            _ => kept.push(part),
        }
    }
    is_named.then(|| {
        if let [_, second, ..] = values.as_slice() {
            return Err(ParameterError {
                parameter: AFTER.to_owned(),
                location: Location::Query,
                value: Some(crate::problem::cut(second)),
                code: ErrorCode::Repeated,
                reason: "it is given more than once".to_owned(),
                remedy: "give it once".to_owned(),
            });
        }
        let place = values.first().map(|value| value.parse::<LogPlace>());
        let place =
            place.transpose().map_err(|error| ParameterError::malformed(Location::Query, AFTER, &error))?;
        Ok((with_query(uri, &kept.join("&")), place))
    })
}

/// The same address with another query.
fn with_query(uri: &Uri, query: &str) -> Uri {
    let path_and_query = match query {
        "" => uri.path().to_owned(),
        query => format!("{}?{query}", uri.path()),
    };
    let mut parts = uri.clone().into_parts();
    // A part of an address is an address.
    parts.path_and_query = path_and_query.parse().ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> String {
        format!("{}.7.{}", "ab".repeat(16), "0f".repeat(32))
    }

    fn taken(address: &str) -> Option<Result<(String, Option<LogPlace>), ErrorCode>> {
        let taken = take_out(&address.parse().expect("an address"))?;
        Some(taken.map(|(uri, place)| (uri.to_string(), place)).map_err(|error| error.code))
    }

    #[test]
    fn the_place_is_taken_out_and_nothing_else() {
        let place = place();
        let parsed: Option<LogPlace> = place.parse().ok();
        for (address, left) in [
            (format!("/a?after={place}"), "/a"),
            (format!("/a?q=khai+sinh&after={place}&tier=%63ity&x"), "/a?q=khai+sinh&tier=%63ity&x"),
            (format!("/a?%61fter={place}&q=%FF"), "/a?q=%FF"),
        ] {
            assert_eq!(taken(&address), Some(Ok((left.to_owned(), parsed.clone()))), "{address}");
        }
        assert_eq!(taken("/a?after=&q=1"), Some(Ok(("/a?q=1".to_owned(), None))));
        for address in ["/a", "/a?", "/a?q=after", "/a?afters=1"] {
            assert_eq!(taken(address), None, "{address}");
        }
    }

    #[test]
    fn a_redirect_names_the_place_again() {
        let place: LogPlace = place().parse().expect("a place");
        for (to, carried) in
            [("/b", format!("/b?after={place}")), ("/b?q=1", format!("/b?q=1&after={place}"))]
        {
            let mut response = crate::moved_permanently(to, None);
            carry_on(&mut response, &place);
            assert_eq!(response.headers()[header::LOCATION], carried);
        }
        let mut response = Response::default();
        carry_on(&mut response, &place);
        assert!(!response.headers().contains_key(header::LOCATION));
    }

    #[test]
    fn what_is_no_place_is_told() {
        let place = place();
        assert_eq!(taken("/a?after=97458"), Some(Err(ErrorCode::Malformed)));
        assert_eq!(taken(&format!("/a?after={place}&after={place}")), Some(Err(ErrorCode::Repeated)));
    }
}
