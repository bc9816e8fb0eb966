//! Inputs that own what they hold: a trace that can be recorded and replayed.

use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::{GroupRecord, Input, LinkKind, Startup};
use crate::machine::{LinkId, Received, RxMeta};
use crate::wire::mld::Owned;

/// [`Input`], owned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum OwnedInput {
    /// [`Input::LinkUp`].
    LinkUp {
        /// The link.
        link: LinkId,
        /// The router's own link-local address there.
        address: Ipv6Addr,
        /// Who may be on it.
        kind: LinkKind,
        /// When its querier begins.
        startup: Startup,
    },
    /// [`Input::LinkDown`].
    LinkDown {
        /// The link.
        link: LinkId,
    },
    /// [`Input::Packet`].
    Packet {
        /// What came with it.
        meta: RxMeta,
        /// The message.
        message: Owned,
    },
    /// [`Input::Told`].
    Told {
        /// The link.
        link: LinkId,
        /// On whose behalf.
        listener: Ipv6Addr,
        /// The records.
        records: Vec<GroupRecord>,
        /// How long ago they were true.
        elapsed: Duration,
    },
    /// [`Input::Query`].
    Query {
        /// The link.
        link: LinkId,
    },
}

impl OwnedInput {
    /// The input, as the machine takes it.
    #[must_use]
    pub fn borrow(&self) -> Input<'_> {
        match *self {
            Self::LinkUp { link, address, kind, startup } => Input::LinkUp { link, address, kind, startup },
            Self::LinkDown { link } => Input::LinkDown { link },
            Self::Packet { meta, ref message } => Input::Packet(Received { meta, message: message.view() }),
            Self::Told { link, listener, ref records, elapsed } => {
                Input::Told { link, listener, records, elapsed }
            }
            Self::Query { link } => Input::Query { link },
        }
    }
}
