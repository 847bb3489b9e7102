//! Addresses of our own pages. What the visitor chose (date, place, filters) stays in them.

use std::fmt::{self, Write as _};

/// An address under construction: a path and its parameters, escaped when written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    path: String,
    query: Vec<(&'static str, String)>,
    fragment: Option<&'static str>,
}

impl Address {
    /// An address without parameters. The path is one of ours and already safe.
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), query: Vec::new(), fragment: None }
    }

    /// An address whose last path segment is a code or id.
    pub(crate) fn of(path: &str, id: &str) -> Self {
        Self::new(&format!("{path}/{}", Escaped(id)))
    }

    /// A page below this one.
    pub(crate) fn below(mut self, segment: &'static str) -> Self {
        self.path.push('/');
        self.path.push_str(segment);
        self
    }

    /// Sets a parameter, in place of any value that it had.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self = self.without(name);
        self.query.push((name, value.to_owned()));
        self
    }

    /// Sets a parameter where there is a value.
    pub(crate) fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Removes a parameter.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self
    }

    /// Points to a part of the page.
    pub(crate) fn at(mut self, fragment: &'static str) -> Self {
        self.fragment = Some(fragment);
        self
    }

    /// The path alone, for the `action` of a GET form.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The parameters, for the hidden fields of a GET form.
    pub(crate) fn parameters(&self) -> &[(&'static str, String)] {
        &self.query
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (place, (name, value)) in self.query.iter().enumerate() {
            f.write_char(if place == 0 { '?' } else { '&' })?;
            write!(f, "{name}={}", Escaped(value))?;
        }
        match self.fragment {
            Some(fragment) => write!(f, "#{fragment}"),
            None => Ok(()),
        }
    }
}

/// Percent-encoding of everything but the unreserved characters of RFC 3986.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                f.write_char(char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// What every link carries on: the date and the place as they stand in the visitor's address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    /// `as_of` as given.
    pub as_of: Option<String>,
    /// Unit in view.
    pub unit: Option<String>,
    /// Centre in view.
    pub centre: Option<String>,
}

impl Carried {
    /// An address that carries date and place on.
    pub(crate) fn to(&self, address: Address) -> Address {
        address
            .maybe("unit", self.unit.as_deref())
            .maybe("centre", self.centre.as_deref())
            .maybe("as_of", self.as_of.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped_and_replaced() {
        let address = Address::new("/vi/thu-tuc").with("q", "khai sinh & \"tử\"").with("tier", "commune");
        assert_eq!(address.clone().with("q", "a+b").to_string(), "/vi/thu-tuc?tier=commune&q=a%2Bb");
        assert_eq!(address.to_string(), "/vi/thu-tuc?q=khai%20sinh%20%26%20%22t%E1%BB%AD%22&tier=commune");
    }

    #[test]
    fn odd_codes_stay_in_one_segment() {
        assert_eq!(Address::of("/vi/thu-tuc", " 1.014325").to_string(), "/vi/thu-tuc/%201.014325");
        assert_eq!(Address::of("/vi/thu-tuc", "a/../b").to_string(), "/vi/thu-tuc/a%2F..%2Fb");
    }

    #[test]
    fn date_and_place_are_carried_on() {
        let carried = Carried { as_of: Some("2021-03-01".into()), unit: Some("42".into()), centre: None };
        assert_eq!(carried.to(Address::new("/vi")).to_string(), "/vi?unit=42&as_of=2021-03-01");
    }
}
