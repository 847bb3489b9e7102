//! Writes the commit into the version, where the sources come from a git clone.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=MOTCUA_COMMIT");
    let commit = std::env::var("MOTCUA_COMMIT").ok().or_else(commit_of_clone);
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let text = match commit.filter(|commit| !commit.is_empty()) {
        Some(commit) => format!("{version} ({commit})"),
        None => version,
    };
    println!("cargo::rustc-env=BUILD_COMMIT={text}");
}

fn commit_of_clone() -> Option<String> {
    let git_dir = git(&["rev-parse", "--git-dir"])?;
    // Grows with every commit and checkout. A path that does not exist would make every build run this again.
    for name in ["HEAD", "logs/HEAD"] {
        let path = Path::new(&git_dir).join(name);
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
