//! Reading the parameters after the question mark: strictly, and all faults at once.

mod day;
mod decode;

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use chrono::NaiveDate;

use motcua_catalogue::{InvalidId, text};

use crate::after::AFTER;
use crate::cursor::{self, Cursor, Position};
use crate::paging::{Continuation, DEFAULT_PAGE_SIZE, LARGEST_PAGE, OffsetPage, PlacePage};
use crate::problem::{ErrorCode, Location, ParameterError, Problem, cut};
use crate::state::Site;

pub use day::parse_day;
pub(crate) use decode::pairs as decode_pairs;

/// What to do with a cursor that does not fit.
const CURSOR_REMEDY: &str =
    "send next_cursor of the answer before, with the same filters, or start without a cursor";

/// Parameters of an operation or a page. Reading always gives a value; what is wrong is recorded by the reader, so
/// that all faults are told at once.
pub trait QueryParams: Sized {
    /// Reads every parameter. What is not read here does not exist, and is refused.
    fn read(query: &mut QueryReader<'_>) -> Self;
}

/// The parameters of a request; any fault is a problem.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    Arc<Site>: FromRef<S>,
    T: QueryParams,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let LenientQuery { params, errors } = LenientQuery::from_request_parts(parts, state).await?;
        if errors.is_empty() { Ok(Self(params)) } else { Err(Problem::parameters(errors)) }
    }
}

/// The parameters of a request, and their faults beside them: for pages that show the form again.
#[derive(Debug, Clone)]
pub struct LenientQuery<T> {
    /// What could be read; a parameter at fault has its default.
    pub params: T,
    /// What could not.
    pub errors: Vec<ParameterError>,
}

impl<S, T> FromRequestParts<S> for LenientQuery<T>
where
    S: Send + Sync,
    Arc<Site>: FromRef<S>,
    T: QueryParams,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let site = Arc::<Site>::from_ref(state);
        let (pairs, errors) = decode::pairs(parts.uri.query().unwrap_or_default());
        let mut reader = QueryReader::new(&site, parts.uri.path(), &pairs);
        reader.errors = errors;
        let params = T::read(&mut reader);
        Ok(Self { params, errors: reader.finish() })
    }
}

/// Reads parameters one by one and remembers which were asked for and what was wrong.
///
/// An empty value is the same as no value: forms send every field.
#[derive(Debug)]
pub struct QueryReader<'a> {
    path: &'a str,
    pairs: &'a [(String, String)],
    site_day: NaiveDate,
    today: NaiveDate,
    log: String,
    known: Vec<&'static str>,
    errors: Vec<ParameterError>,
    as_of: Option<NaiveDate>,
}

impl<'a> QueryReader<'a> {
    /// A reader for decoded pairs.
    #[must_use]
    pub fn new(site: &Site, path: &'a str, pairs: &'a [(String, String)]) -> Self {
        Self {
            path,
            pairs,
            site_day: site.day(),
            today: site.today(),
            log: site.log(),
            known: Vec::new(),
            errors: Vec::new(),
            as_of: None,
        }
    }

    /// The names that were asked for, in order; the documentation is tested against them.
    #[must_use]
    pub fn known(&self) -> &[&'static str] {
        &self.known
    }

    /// Ends reading: what was not asked for is unknown.
    #[must_use]
    pub fn finish(mut self) -> Vec<ParameterError> {
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in self.pairs {
            if !self.known.contains(&name.as_str()) && !seen.contains(&name.as_str()) {
                seen.push(name);
                // Read before any handler; see `wait_for_place`.
                let known: Vec<&str> = self.known.iter().copied().chain([AFTER]).collect();
                self.errors.push(ParameterError::unknown(name, value, &known));
            }
        }
        self.errors
    }

    /// Records a fault found elsewhere, such as two parameters that do not go together.
    pub fn fault(&mut self, error: ParameterError) {
        self.errors.push(error);
    }

    /// A value as text, trimmed; absent where empty.
    pub fn raw(&mut self, name: &'static str) -> Option<&'a str> {
        let mut values = self.values(name);
        let first = values.first().copied();
        if values.len() > 1 {
            let value = values.pop().unwrap_or_default();
            self.refuse(name, value, ErrorCode::Repeated, "it is given more than once", "give it once");
        }
        first
    }

    /// Free text in Unicode NFC; absent where empty, refused above a number of characters.
    pub fn text(&mut self, name: &'static str, longest: usize) -> Option<String> {
        let value = self.raw(name)?;
        if value.chars().count() > longest {
            let remedy = format!("use at most {longest} characters");
            self.refuse(name, value, ErrorCode::OutOfRange, "it is too long", remedy);
            return None;
        }
        if value.contains(|c: char| c.is_control() && !c.is_whitespace()) {
            self.refuse(name, value, ErrorCode::Malformed, "it has control characters", "send plain text");
            return None;
        }
        Some(text::nfc(value))
    }

    /// An identifier or a value of a coded list.
    pub fn parse<T: FromStr<Err = InvalidId>>(&mut self, name: &'static str) -> Option<T> {
        let value = self.raw(name)?;
        self.parse_one(name, value)
    }

    /// The same, any number of times; equal values count once.
    pub fn parse_list<T: FromStr<Err = InvalidId> + PartialEq>(&mut self, name: &'static str) -> Vec<T> {
        let mut list = Vec::new();
        for value in self.values(name) {
            if let Some(item) = self.parse_one(name, value)
                && !list.contains(&item)
            {
                list.push(item);
            }
        }
        list
    }

    /// A value for which a function knows the meaning; `expected` completes "use …".
    pub fn choice<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        choose: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.raw(name)?;
        let chosen = choose(value);
        if chosen.is_none() {
            self.refuse_unlisted(name, value, expected);
        }
        chosen
    }

    /// The same, any number of times; equal values count once.
    pub fn choice_list<T: PartialEq>(
        &mut self,
        name: &'static str,
        expected: &str,
        choose: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let mut list = Vec::new();
        for value in self.values(name) {
            match choose(value) {
                Some(item) if !list.contains(&item) => list.push(item),
                Some(_) => {}
                None => self.refuse_unlisted(name, value, expected),
            }
        }
        list
    }

    /// A whole number within a range.
    pub fn number(&mut self, name: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.raw(name)?;
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { value.parse::<u32>().unwrap_or(u32::MAX) } else { 0 };
        if digits && range.contains(&number) {
            return Some(number);
        }
        let code = if digits { ErrorCode::OutOfRange } else { ErrorCode::Malformed };
        let reason = if digits { "it is outside the range" } else { "it is not a whole number" };
        let remedy = format!("use a whole number from {} to {}", range.start(), range.end());
        self.refuse(name, value, code, reason, remedy);
        None
    }

    /// A plain decimal number within a range: digits with a point, without an exponent.
    pub fn decimal(&mut self, name: &'static str, range: RangeInclusive<i32>) -> Option<f64> {
        let value = self.raw(name)?;
        let (least, most) = (*range.start(), *range.end());
        let is_plain = value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
        let number = value.parse::<f64>().ok().filter(|_| is_plain);
        let (code, reason) = match number {
            Some(number) if (f64::from(least)..=f64::from(most)).contains(&number) => return Some(number),
            Some(_) => (ErrorCode::OutOfRange, format!("it is not between {least} and {most}")),
            None => (ErrorCode::Malformed, "it is not a number".to_owned()),
        };
        self.refuse(name, value, code, reason, format!("use a decimal number from {least} to {most}"));
        None
    }

    /// Yes or no; no where absent.
    pub fn flag(&mut self, name: &'static str) -> bool {
        let known = |value: &str| match value {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        };
        self.choice(name, "true or false", known).unwrap_or(false)
    }

    /// A day.
    pub fn day(&mut self, name: &'static str) -> Option<NaiveDate> {
        let value = self.raw(name)?;
        match parse_day(value, self.today) {
            Ok(day) => Some(day),
            Err(reason) => {
                let remedy = "use a date such as 2021-03-01 or 01/03/2021, or the word today";
                self.refuse(name, value, ErrorCode::Malformed, reason, remedy);
                None
            }
        }
    }

    /// The day `as_of` on which records are looked at: as given, or as the cursor remembers, or the site's.
    /// Read it before the page.
    pub fn as_of(&mut self) -> NaiveDate {
        let day = match self.day("as_of") {
            Some(day) => day,
            None => self.peek_cursor().and_then(|cursor| cursor.as_of).unwrap_or(self.site_day),
        };
        self.as_of = Some(day);
        day
    }

    /// `per_page` and `cursor` of a sorted list. Read it last.
    pub fn page(&mut self) -> PlacePage {
        let (size, position, continuation) = self.part();
        let after = match position {
            Some(Position::After(place)) => Some(place),
            Some(Position::Skip(_)) => {
                self.refuse_cursor(ErrorCode::ForeignCursor, "it belongs to another list", CURSOR_REMEDY);
                None
            }
            None => None,
        };
        PlacePage { size, after, continuation }
    }

    /// `per_page` and `cursor` of the hits of a search. Read it last.
    pub fn offset_page(&mut self) -> OffsetPage {
        let (size, position, continuation) = self.part();
        let offset = match position {
            Some(Position::Skip(offset)) => offset,
            Some(Position::After(_)) => {
                self.refuse_cursor(ErrorCode::ForeignCursor, "it belongs to another list", CURSOR_REMEDY);
                0
            }
            None => 0,
        };
        OffsetPage { size, offset, continuation }
    }

    fn part(&mut self) -> (u32, Option<Position>, Continuation) {
        let size = self.number("per_page", 1..=LARGEST_PAGE).unwrap_or(DEFAULT_PAGE_SIZE);
        let binding = cursor::binding(self.path, self.pairs);
        let as_of = self.as_of;
        let position = self.raw("cursor").and_then(|text| match Cursor::decode(text) {
            Ok(cursor) if cursor.log != self.log => {
                self.refuse_cursor(
                    ErrorCode::AnotherLog,
                    "it is from before the catalogue was restored from a copy",
                    "begin the list anew, without a cursor",
                );
                None
            }
            Ok(cursor) if cursor.binding == binding && cursor.as_of == as_of => Some(cursor.position),
            Ok(_) => {
                self.refuse_cursor(
                    ErrorCode::ForeignCursor,
                    "it belongs to another list, other filters or another day",
                    CURSOR_REMEDY,
                );
                None
            }
            Err(_) => {
                self.refuse_cursor(ErrorCode::Malformed, "it is no cursor of this version", CURSOR_REMEDY);
                None
            }
        });
        (size, position, Continuation { log: self.log.clone(), binding, as_of })
    }

    fn refuse_cursor(&mut self, code: ErrorCode, reason: &str, remedy: &str) {
        let value = self.values("cursor").first().copied().unwrap_or_default();
        self.refuse("cursor", value, code, reason, remedy);
    }

    fn peek_cursor(&self) -> Option<Cursor> {
        let (_, text) = self.pairs.iter().find(|(name, _)| name == "cursor")?;
        Cursor::decode(text.trim()).ok()
    }

    /// Every value that is not empty.
    fn values(&mut self, name: &'static str) -> Vec<&'a str> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        self.pairs
            .iter()
            .filter(|(given, _)| given == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
            .collect()
    }

    fn parse_one<T: FromStr<Err = InvalidId>>(&mut self, name: &'static str, value: &str) -> Option<T> {
        match value.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.errors.push(ParameterError::malformed(Location::Query, name, &error));
                None
            }
        }
    }

    fn refuse_unlisted(&mut self, name: &'static str, value: &str, expected: &str) {
        self.refuse(
            name,
            value,
            ErrorCode::Malformed,
            "it is not one of the known values",
            format!("use {expected}"),
        );
    }

    fn refuse(
        &mut self,
        name: &'static str,
        value: &str,
        code: ErrorCode,
        reason: impl Display,
        remedy: impl Display,
    ) {
        self.errors.push(ParameterError {
            parameter: name.to_owned(),
            location: Location::Query,
            value: Some(cut(value)),
            code,
            reason: reason.to_string(),
            remedy: remedy.to_string(),
        });
    }
}

#[cfg(test)]
mod tests;
