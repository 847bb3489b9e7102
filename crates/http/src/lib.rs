//! What the pages and the API of Một Cửa share over HTTP: the state of a running server, typed queries, problems,
//! cursors, caching, limits and security headers.
//!
//! This crate knows axum but neither a page nor an operation. Start with [`AppState`], then [`harden`], which puts
//! every request through the same checks; handlers read their parameters with [`Query`] and [`Path`] and fail with a
//! [`Problem`].

mod after;
mod cache;
mod clock;
mod cursor;
mod figures;
mod guard;
mod moved;
mod paging;
mod path;
mod present;
mod problem;
mod query;
mod request_id;
mod search_log;
mod security;
mod state;

pub use after::wait_for_place;
pub use cache::{CachePolicy, Revalidation, revalidate};
pub use clock::{Clock, InvalidSiteDate, SiteDate};
pub use cursor::{Cursor, CursorError, Position};
pub use guard::{Hardening, ProblemContext, ProblemPage, harden};
pub use moved::moved_permanently;
pub use paging::{DEFAULT_PAGE_SIZE, LARGEST_PAGE, OffsetPage, PageInfo, PlacePage};
pub use path::Path;
pub use present::one_present;
pub use problem::{ErrorCode, Location, ParameterError, Problem, ProblemBody, ProblemKind, ProblemType};
pub use query::{LenientQuery, Query, QueryParams, QueryReader, parse_day};
pub use request_id::RequestId;
pub use search_log::SearchLog;
pub use security::Surface;
pub use state::{AppState, Limits, Present, Site};
