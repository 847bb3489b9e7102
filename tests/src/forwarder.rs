//! An address that survives the server behind it, as a load balancer or a floating address gives one.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Passes connections on to whatever is behind it at the moment; a switch cuts those that are open.
#[derive(Debug)]
pub struct Forwarder {
    address: SocketAddr,
    target: watch::Sender<Option<SocketAddr>>,
    accepting: JoinHandle<()>,
}

impl Forwarder {
    /// A new address, with this server behind it.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let target = watch::Sender::new(Some(target));
        let behind = target.subscribe();
        let accepting = tokio::spawn(async move {
            loop {
                // A connection that is gone before it is accepted concerns nobody.
                let Ok((client, _)) = listener.accept().await else { continue };
                tokio::spawn(pass_on(client, behind.clone()));
            }
        });
        Self { address, target, accepting }
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts another server behind the address, or none.
    pub fn switch(&self, target: Option<SocketAddr>) {
        self.target.send_replace(target);
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass_on(mut client: TcpStream, mut behind: watch::Receiver<Option<SocketAddr>>) {
    let Some(target) = *behind.borrow_and_update() else { return };
    let passed = async {
        // A server that is not there closes the client's connection, as it would by itself.
        if let Ok(mut server) = TcpStream::connect(target).await {
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
    };
    tokio::select! {
        () = passed => {}
        _ = behind.changed() => {}
    }
}
