//! Inputs that own what they hold: a trace that can be recorded and replayed.

use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use super::{GroupRecord, Input, LinkKind, Startup};
use crate::machine::{LinkId, Received, RxMeta};
use crate::mld::Family;
use crate::wire::HoldTypes;

/// [`Input`], owned.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", bound = "")
)]
#[non_exhaustive]
pub enum OwnedInput<A: Family = Ipv6Addr> {
    /// [`Input::LinkUp`].
    LinkUp {
        /// The link.
        link: LinkId,
        /// The router's own link-local address there.
        address: A,
        /// Who may be on it.
        kind: LinkKind,
        /// When its querier begins.
        startup: Startup,
        /// Record types of Hold, if it is understood there.
        #[cfg_attr(feature = "serde", serde(default))]
        hold: Option<HoldTypes>,
    },
    /// [`Input::LinkDown`].
    LinkDown {
        /// The link.
        link: LinkId,
    },
    /// [`Input::Packet`].
    Packet {
        /// What came with it.
        meta: RxMeta<A>,
        /// The message.
        message: A::Owned,
    },
    /// [`Input::Told`].
    Told {
        /// The link.
        link: LinkId,
        /// On whose behalf.
        listener: A,
        /// The records.
        records: Vec<GroupRecord<A>>,
        /// How long ago they were true.
        elapsed: Duration,
    },
    /// [`Input::Query`].
    Query {
        /// The link.
        link: LinkId,
    },
}

impl<A: Family> OwnedInput<A> {
    /// The input, as the machine takes it.
    #[must_use]
    pub fn borrow(&self) -> Input<'_, A> {
        match *self {
            Self::LinkUp { link, address, kind, startup, hold } => {
                Input::LinkUp { link, address, kind, startup, hold }
            }
            Self::LinkDown { link } => Input::LinkDown { link },
            Self::Packet { meta, ref message } => Input::Packet(Received { meta, message: A::view(message) }),
            Self::Told { link, listener, ref records, elapsed } => {
                Input::Told { link, listener, records, elapsed }
            }
            Self::Query { link } => Input::Query { link },
        }
    }
}
