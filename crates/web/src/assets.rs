//! The style sheet, the icon and the script, compiled in and served for ever under names that carry their content.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// One embedded file.
pub(crate) struct Asset {
    /// Address with the hash of the content.
    pub href: String,
    file: String,
    content_type: &'static str,
    body: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, body: &'static str) -> Self {
        let hash: String =
            Sha256::digest(body.as_bytes()).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let file = format!("{stem}.{hash}.{extension}");
        Self { href: format!("/assets/{file}"), file, content_type, body }
    }
}

/// Every embedded file.
pub(crate) struct Assets {
    /// The style sheet.
    pub css: Asset,
    /// The icon.
    pub icon: Asset,
    /// The optional script.
    pub js: Asset,
    /// The style sheet of pages with charts.
    pub charts: Asset,
    /// Styles of the pages on filing.
    pub filing: Asset,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    css: Asset::new("motcua", "css", "text/css; charset=utf-8", include_str!("../assets/motcua.css")),
    icon: Asset::new("favicon", "svg", "image/svg+xml", include_str!("../assets/favicon.svg")),
    js: Asset::new("motcua", "js", "text/javascript; charset=utf-8", include_str!("../assets/motcua.js")),
    charts: Asset::new("charts", "css", "text/css; charset=utf-8", include_str!("../assets/charts.css")),
    filing: Asset::new("filing", "css", "text/css; charset=utf-8", include_str!("../assets/filing.css")),
});

impl Assets {
    /// The files of this build.
    pub(crate) fn get() -> &'static Self {
        &ASSETS
    }
}

/// `GET /assets/{file}`.
pub(crate) async fn serve_asset(Path(file): Path<String>) -> Response {
    let assets = Assets::get();
    let Some(asset) = [&assets.css, &assets.icon, &assets.js, &assets.charts, &assets.filing]
        .into_iter()
        .find(|asset| asset.file == file)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    forever(asset)
}

/// `GET /favicon.ico`, for those who ask without reading the page.
pub(crate) async fn serve_favicon() -> Response {
    let icon = &Assets::get().icon;
    ([(header::CONTENT_TYPE, icon.content_type), (header::CACHE_CONTROL, "public, max-age=86400")], icon.body)
        .into_response()
}

/// `GET /robots.txt`: everything is public, but search results and past days need no place in an index.
pub(crate) async fn serve_robots() -> Response {
    const ROBOTS: &str = "User-agent: *\nDisallow: /vi/thu-tuc?\nDisallow: /*as_of=\nDisallow: /*cursor=\n";
    (
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
        ],
        ROBOTS,
    )
        .into_response()
}

fn forever(asset: &Asset) -> Response {
    (
        [
            (header::CONTENT_TYPE, asset.content_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ],
        asset.body,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_keep_within_their_budget_and_call_no_one() {
        let assets = Assets::get();
        assert!(assets.css.body.len() < 20_000, "style sheet");
        assert!(assets.js.body.len() < 8_000, "script");
        assert!(assets.charts.body.len() < 4_000, "style sheet of charts");
        for asset in [&assets.css, &assets.js, &assets.charts, &assets.filing] {
            assert!(!asset.body.contains("http://") && !asset.body.contains("https://"), "{}", asset.file);
            assert!(!asset.body.contains("@import") && !asset.body.contains("@font-face"), "{}", asset.file);
        }
    }
}
