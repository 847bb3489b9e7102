//! Where the built binary is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary under test: `MOTCUA_TEST_BINARY`, or the one of this build, brought up to date once per test program.
///
/// # Panics
///
/// Where it cannot be built.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(path) = std::env::var_os("MOTCUA_TEST_BINARY") {
            return PathBuf::from(path);
        }
        // This test program lies in target/<profile>/deps.
        let own = std::env::current_exe().expect("a running program has a path");
        let profile = own.ancestors().nth(2).expect("test programs lie in target/<profile>/deps");
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // The whole workspace, so that the features of the dependencies are those of `cargo test --workspace`.
        build.args(["build", "--quiet", "--workspace", "--bins"]).current_dir(crate::repository());
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo runs").success(), "the binary does not build");
        profile.join("motcua")
    })
}
