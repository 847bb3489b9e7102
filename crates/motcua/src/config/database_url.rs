//! The address of a PostgreSQL database, which carries a password and therefore never shows it.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// PostgreSQL URL. `Debug`, `Display` and serialisation mask its secrets; only [`expose`](Self::expose) gives it whole.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL with its password, for the database driver alone.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// The URL without its secrets: the password before the host, and secrets among the parameters.
    fn masked(&self) -> String {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("postgres", ""));
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        // A password may itself hold an unescaped slash or at-sign; then everything up to the last one is hidden.
        let (authority, path) = match path.rfind('@') {
            Some(at) => (format!("{authority}@{}", &path[at + 1..]), ""),
            None => (authority.to_owned(), path),
        };
        let authority = match authority.rsplit_once('@') {
            Some((user, host)) => match user.split_once(':') {
                Some((user, _)) => format!("{user}:***@{host}"),
                None => format!("{user}@{host}"),
            },
            None => authority,
        };
        let mut masked = format!("{scheme}://{authority}{path}");
        for (place, parameter) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
            masked.push(if place == 0 { '?' } else { '&' });
            match parameter.split_once('=') {
                Some((name, _)) if name.to_ascii_lowercase().contains("pass") => {
                    masked += &format!("{name}=***");
                }
                _ => masked += parameter,
            }
        }
        masked
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        if text.starts_with("sqlite:") {
            return Err("SQLite needs no URL: leave it out and set storage.data_dir, the file is made there");
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        match rest {
            Some(rest) if !rest.is_empty() => Ok(Self(text.to_owned())),
            _ => Err("a PostgreSQL address such as postgres://user@host/database is needed"),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({})", self.masked())
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(url: &str) -> String {
        DatabaseUrl::try_from(url.to_owned()).expect("valid").to_string()
    }

    #[test]
    fn passwords_are_masked_wherever_they_stand() {
        assert_eq!(masked("postgres://ann:s3cret@db:5432/motcua"), "postgres://ann:***@db:5432/motcua");
        assert_eq!(masked("postgresql://ann@db/motcua"), "postgresql://ann@db/motcua");
        assert_eq!(
            masked("postgres://db/motcua?user=ann&password=s3cret"),
            "postgres://db/motcua?user=ann&password=***"
        );
        assert_eq!(
            masked("postgres://db/m?sslmode=require&sslPassword=x"),
            "postgres://db/m?sslmode=require&sslPassword=***"
        );
        for url in
            ["postgres://ann:s3/cret@db/motcua", "postgres://ann:s3@cret@db/motcua", "postgres://ann:s3cret@"]
        {
            let shown = masked(url);
            assert!(!shown.contains("s3") && !shown.contains("cret"), "{shown}");
        }
    }

    #[test]
    fn other_databases_are_refused_with_the_remedy() {
        let refused = |url: &str| DatabaseUrl::try_from(url.to_owned()).expect_err("refused");
        assert!(refused("sqlite://data/x.sqlite").contains("storage.data_dir"));
        assert!(refused("mysql://db/x").contains("postgres://"));
        assert!(refused("postgres://").contains("postgres://"));
    }
}
