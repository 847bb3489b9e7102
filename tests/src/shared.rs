//! One server with the bundled sample for all tests of a file that only read.

use std::sync::{Arc, OnceLock, Weak};

use tokio::sync::Mutex;

use crate::server::{Server, ServerOptions};
use crate::site::Site;

/// A running server with its site.
#[derive(Debug)]
pub struct Shared {
    server: Server,
    _site: Site,
}

impl std::ops::Deref for Shared {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// One server for the tests that run at the same time; the last one to finish stops it.
pub async fn sample() -> Arc<Shared> {
    static RUNNING: OnceLock<Mutex<Weak<Shared>>> = OnceLock::new();
    let mut running = RUNNING.get_or_init(Mutex::default).lock().await;
    if let Some(shared) = running.upgrade() {
        return shared;
    }
    let site = Site::sqlite();
    let server = site.serve(ServerOptions::default()).await;
    let shared = Arc::new(Shared { server, _site: site });
    *running = Arc::downgrade(&shared);
    shared
}
