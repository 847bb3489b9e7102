//! Security headers, by kind of address.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Kind of an address: each has its own content security policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// JSON: nothing may be loaded or run, anybody may read it from anywhere.
    Api,
    /// The interactive reference of the API.
    ApiReference,
    /// Pages for people.
    Page,
}

impl Surface {
    /// The surface of a path.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        match path.strip_prefix("/api") {
            Some(rest) if rest == "/docs" || rest.starts_with("/docs/") => Self::ApiReference,
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Self::Api,
            _ => Self::Page,
        }
    }

    fn policy(self) -> &'static str {
        match self {
            // Nothing at all; never shown in a frame.
            Self::Api => "default-src 'none'; frame-ancestors 'none'",
            Self::ApiReference => concat!(
                "default-src 'none'; ",
                "script-src 'self'; ", // the reference's own files from the binary
                "style-src 'self' 'unsafe-inline'; ", // it sizes its parts with style attributes
                "img-src 'self' data:; ", // its icons are data addresses in its style sheet
                "font-src 'self' data:; ",
                "connect-src 'self'; ", // the contract, and calls tried out
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            Self::Page => concat!(
                "default-src 'none'; ",
                "script-src 'self'; ",    // our one module; no inline script
                "style-src 'self'; ",     // our one sheet; no inline style
                "img-src 'self' data:; ", // pictures and the sheet's small icons
                "font-src 'self'; ",
                "connect-src 'self'; ", // suggestions
                "manifest-src 'self'; ",
                "base-uri 'none'; ",    // nobody may redirect relative links
                "form-action 'self'; ", // forms go to this site only
                "frame-ancestors 'none'",
            ),
        }
    }
}

const PERMISSIONS: &str = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
                           payment=(), usb=(), browsing-topics=()";
const EXPOSED: &str = "ETag, Retry-After, X-Request-Id, Link, Allow";

/// Sets the headers of a surface; what a handler has set itself stays.
pub(crate) fn apply(headers: &mut HeaderMap, surface: Surface) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, surface.policy());
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    if surface == Surface::Api {
        set(header::REFERRER_POLICY, "no-referrer");
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    } else {
        // Links to the portals of other agencies tell them the site, never the page or the words searched for.
        set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_surface() {
        assert_eq!(Surface::of_path("/api/v1/procedures"), Surface::Api);
        assert_eq!(Surface::of_path("/api"), Surface::Api);
        assert_eq!(Surface::of_path("/api/docs/"), Surface::ApiReference);
        assert_eq!(Surface::of_path("/api/docsx"), Surface::Api);
        assert_eq!(Surface::of_path("/apiary"), Surface::Page);
        assert_eq!(Surface::of_path("/"), Surface::Page);
    }

    #[test]
    fn pages_allow_nothing_inline_and_the_api_nothing_at_all() {
        assert!(!Surface::Page.policy().contains("unsafe"));
        assert!(
            !Surface::ApiReference.policy().split("style-src").next().unwrap_or_default().contains("unsafe")
        );
        assert!(Surface::Api.policy().starts_with("default-src 'none'; frame"));
    }
}
