//! The gateway and the anchor under the laws: subjects.

mod lma;
mod mag;

pub use lma::Lmas;
pub use mag::Mags;

use super::{Effect, Installed};
use crate::machine::{RouteId, TunnelId, Via};

fn tunnel_id(id: TunnelId) -> Installed {
    ("tunnel", id.0)
}

fn route_id(id: RouteId) -> Installed {
    ("route", id.0)
}

/// A route needs the tunnels among its ends.
fn install_route(id: RouteId, ends: [Via; 2]) -> Effect {
    let tunnel = |via| match via {
        Via::Tunnel(id) => Some(tunnel_id(id)),
        Via::Link(_) | Via::Routed => None,
    };
    Effect::Install { id: route_id(id), uses: ends.into_iter().filter_map(tunnel).collect() }
}
