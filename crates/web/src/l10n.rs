//! Interface texts: Fluent messages by key. Templates and handlers hold keys, never words.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The Vietnamese texts, one file per subject.
pub(crate) const VI: [(&str, &str); 13] = [
    ("common", include_str!("../locales/vi/common.ftl")),
    ("domain", include_str!("../locales/vi/domain.ftl")),
    ("home", include_str!("../locales/vi/home.ftl")),
    ("results", include_str!("../locales/vi/results.ftl")),
    ("procedure", include_str!("../locales/vi/procedure.ftl")),
    ("centre", include_str!("../locales/vi/centre.ftl")),
    ("place", include_str!("../locales/vi/place.ftl")),
    ("places", include_str!("../locales/vi/places.ftl")),
    ("info", include_str!("../locales/vi/info.ftl")),
    ("problem", include_str!("../locales/vi/problem.ftl")),
    ("history", include_str!("../locales/vi/history.ftl")),
    ("figures", include_str!("../locales/vi/figures.ftl")),
    ("filing", include_str!("../locales/vi/filing.ftl")),
];

static VIETNAMESE: LazyLock<L10n> = LazyLock::new(|| L10n::new("vi", &VI));

/// The texts of one language.
pub(crate) struct L10n {
    lang: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl L10n {
    /// The Vietnamese texts.
    pub(crate) fn vi() -> &'static Self {
        &VIETNAMESE
    }

    fn new(lang: &'static str, files: &[(&str, &str)]) -> Self {
        let id: LanguageIdentifier = lang.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks are invisible characters that would enter attributes and addresses.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(grouped(number.value)),
            _ => None,
        }));
        for (name, text) in files {
            let resource =
                FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(readable, errors)| {
                    tracing::error!(
                        l10n.file = name,
                        l10n.errors = errors.len(),
                        "interface texts with faults"
                    );
                    readable
                });
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(
                    l10n.file = name,
                    l10n.errors = errors.len(),
                    "interface texts defined twice"
                );
            }
        }
        Self { lang, bundle }
    }

    /// Language tag for `lang` attributes and the address prefix.
    pub(crate) fn lang(&self) -> &'static str {
        self.lang
    }

    /// The text of a key; arguments are added with [`Msg::arg`].
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> Msg<'a> {
        Msg { l10n: self, key, args: FluentArgs::new() }
    }

    /// Whether there is a text for a key.
    #[cfg(test)]
    pub(crate) fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }
}

/// Whole numbers with dots between thousands, other numbers with a decimal comma.
fn grouped(number: f64) -> String {
    let text = number.abs().to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::with_capacity(text.len() + 4);
    if number < 0.0 {
        out.push('-');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    if !decimals.is_empty() {
        out.push(',');
        out.push_str(decimals);
    }
    out
}

/// A text on its way to the page.
pub(crate) struct Msg<'a> {
    l10n: &'a L10n,
    key: &'a str,
    args: FluentArgs<'a>,
}

impl<'a> Msg<'a> {
    /// Fills in an argument.
    pub(crate) fn arg(mut self, name: &'a str, value: impl Argument) -> Self {
        self.args.set(Cow::Borrowed(name), value.into_value());
        self
    }
}

impl fmt::Display for Msg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = self.l10n.bundle.get_message(self.key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            debug_assert!(false, "no interface text has the key {:?}", self.key);
            tracing::error!(l10n.key = self.key, "interface text missing");
            return f.write_str(self.key);
        };
        let mut errors = Vec::new();
        let text = self.l10n.bundle.format_pattern(pattern, Some(&self.args), &mut errors);
        debug_assert!(errors.is_empty(), "the text {:?} lacks an argument: {errors:?}", self.key);
        f.write_str(&text)
    }
}

/// What may be filled into a text.
pub(crate) trait Argument {
    /// The value for Fluent, which owns it.
    fn into_value(self) -> FluentValue<'static>;
}

impl Argument for &str {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_owned()))
    }
}

impl Argument for &String {
    fn into_value(self) -> FluentValue<'static> {
        self.as_str().into_value()
    }
}

// Templates pass what an `if let` or a loop borrowed by reference once more.
impl Argument for &&String {
    fn into_value(self) -> FluentValue<'static> {
        self.as_str().into_value()
    }
}

impl Argument for String {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self))
    }
}

impl Argument for Msg<'_> {
    fn into_value(self) -> FluentValue<'static> {
        self.to_string().into_value()
    }
}

impl Argument for u64 {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(self)
    }
}

impl Argument for &u64 {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Argument for usize {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(self)
    }
}

impl Argument for &usize {
    fn into_value(self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_parses_and_no_key_is_defined_twice() {
        let mut bundle = FluentBundle::new_concurrent(vec![LanguageIdentifier::default()]);
        for (name, text) in VI {
            let resource = FluentResource::try_new(text.to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{name}.ftl does not parse: {errors:?}"));
            bundle.add_resource(resource).unwrap_or_else(|errors| panic!("{name}.ftl: {errors:?}"));
        }
    }

    #[test]
    fn numbers_are_written_the_vietnamese_way() {
        assert_eq!(grouped(6500.0), "6.500");
        assert_eq!(grouped(1_234_567.0), "1.234.567");
        assert_eq!(grouped(7.5), "7,5");
        assert_eq!(grouped(0.0), "0");
    }
}
