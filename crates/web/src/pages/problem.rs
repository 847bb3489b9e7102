//! Problems as pages: in the same frame, in plain words, with a way on. These pages need neither database nor index.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use motcua_http::{AppState, ErrorCode, ParameterError, Problem, ProblemContext, ProblemKind, Site};

use crate::frame::{Frame, Part};
use crate::l10n::L10n;
use crate::marks::{Piece, code_pieces};
use crate::pages::{Page, show};
use crate::words;

/// What the template of an error page shows.
#[derive(Template)]
#[template(path = "pages/problem.html")]
pub(crate) struct ProblemPage {
    pub frame: Frame,
    pub status: u16,
    pub explanation: String,
    /// What was looked for and not found, with its code and the day.
    pub looked_for: Option<String>,
    /// Whether a unit was looked for, of which sample data know only one province.
    pub is_unit: bool,
    pub faults: Vec<Fault>,
    pub can_retry: bool,
    pub request_id: String,
    pub type_href: String,
}

/// What the template of an explanation shows.
#[derive(Template)]
#[template(path = "pages/problem_type.html")]
pub(crate) struct ProblemTypePage {
    pub frame: Frame,
    pub status: u16,
    pub slug: &'static str,
    pub explanation: String,
    /// What programs have to know, in both languages; code is marked.
    pub technical: Vec<Piece>,
    pub title_en: &'static str,
    pub technical_en: Vec<Piece>,
}

/// One parameter at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub parameter: String,
    pub value: Option<String>,
    pub text: String,
}

/// Shows a problem as a page, for [`motcua_http::Hardening`]. The guard sets status and headers.
#[must_use]
pub fn render_problem(context: &ProblemContext<'_>) -> Response {
    let page = problem_page(context.site, context.problem, context.request_id);
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "the page of a problem could not be written");
            let mut response = Response::new(context.problem.kind().row().title_vi.into());
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, plain);
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

/// The page of a problem.
pub(crate) fn problem_page(site: &Site, problem: &Problem, request_id: &str) -> ProblemPage {
    let l10n = L10n::vi();
    let row = problem.kind().row();
    let (title, explanation) = words_of(problem.kind());
    let mut frame = Frame::bare(site, l10n.t(title).to_string());
    frame.noindex = true;
    ProblemPage {
        frame,
        status: row.status,
        explanation: l10n.t(explanation).to_string(),
        looked_for: looked_for(l10n, problem),
        is_unit: problem.extension("what").and_then(|what| what.as_str()) == Some("unit"),
        faults: problem.errors().iter().map(|error| fault(l10n, error)).collect(),
        can_retry: matches!(row.status, 408 | 429 | 500..),
        request_id: request_id.to_owned(),
        type_href: problem.kind().type_uri(),
    }
}

/// Keys of a problem's title and explanation, in the words of people who use the pages.
fn words_of(kind: ProblemKind) -> (&'static str, &'static str) {
    match kind {
        ProblemKind::InvalidParameter => ("problem-invalid-parameter", "problem-invalid-parameter-text"),
        ProblemKind::UnknownParameter => ("problem-unknown-parameter", "problem-unknown-parameter-text"),
        ProblemKind::NotFound => ("problem-not-found", "problem-not-found-text"),
        ProblemKind::MethodNotAllowed => ("problem-method", "problem-method-text"),
        ProblemKind::RequestTimeout => ("problem-slow-request", "problem-slow-request-text"),
        ProblemKind::AnotherHistory => ("problem-another-history", "problem-another-history-text"),
        ProblemKind::Gone => ("problem-gone", "problem-gone-text"),
        ProblemKind::ContentTooLarge => ("problem-too-large", "problem-too-large-text"),
        ProblemKind::UriTooLong => ("problem-address-long", "problem-address-long-text"),
        ProblemKind::UnsupportedMediaType => ("problem-format", "problem-format-text"),
        ProblemKind::TooManyRequests => ("problem-too-many", "problem-too-many-text"),
        ProblemKind::HeadersTooLarge => ("problem-headers", "problem-headers-text"),
        ProblemKind::Internal => ("problem-internal", "problem-internal-text"),
        ProblemKind::Unavailable => ("problem-unavailable", "problem-unavailable-text"),
        ProblemKind::DeadlineExceeded => ("problem-too-slow", "problem-too-slow-text"),
    }
}

/// The code and the day of what was not found, as a page's handler left them in the problem.
fn looked_for(l10n: &L10n, problem: &Problem) -> Option<String> {
    let member = |name| problem.extension(name).and_then(|value| value.as_str());
    let key = match member("what")? {
        "procedure" => "problem-no-procedure",
        "centre" => "problem-no-centre",
        "unit" => "problem-no-unit",
        _ => return None,
    };
    let code = member("code")?;
    let day: chrono::NaiveDate = member("as_of")?.parse().ok()?;
    Some(l10n.t(key).arg("code", code).arg("date", words::date(day)).to_string())
}

fn fault(l10n: &L10n, error: &ParameterError) -> Fault {
    let key = match error.code {
        ErrorCode::Unknown => "problem-unknown",
        ErrorCode::Repeated => "problem-repeated",
        ErrorCode::Malformed => "problem-malformed",
        ErrorCode::OutOfRange => "problem-out-of-range",
        ErrorCode::ForeignCursor | ErrorCode::AnotherLog => "problem-foreign-cursor",
        ErrorCode::NoSuchRecord => "problem-no-such-record",
        ErrorCode::Conflict => "problem-conflict",
    };
    Fault { parameter: error.parameter.clone(), value: error.value.clone(), text: l10n.t(key).to_string() }
}

/// `GET /problems/{slug}`.
pub(crate) async fn show_problem_type(State(state): State<AppState>, Path(slug): Path<String>) -> Page {
    let Some(kind) = ProblemKind::from_slug(&slug) else {
        return Err(Problem::not_found("there is no such problem type"));
    };
    show(&problem_type_page(&state.site, kind))
}

/// The explanation of a problem type.
pub(crate) fn problem_type_page(site: &Site, kind: ProblemKind) -> ProblemTypePage {
    let l10n = L10n::vi();
    let row = kind.row();
    let (title, explanation) = words_of(kind);
    let frame = Frame::bare(site, l10n.t(title).to_string());
    let way = vec![frame.last_crumb()];
    ProblemTypePage {
        frame: frame.within(Part::Help, way),
        status: row.status,
        slug: row.slug,
        explanation: l10n.t(explanation).to_string(),
        technical: code_pieces(row.explanation_vi),
        title_en: row.title_en,
        technical_en: code_pieces(row.explanation_en),
    }
}
