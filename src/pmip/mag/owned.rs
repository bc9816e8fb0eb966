//! Inputs that own their parts.

use alloc::boxed::Box;
use core::net::Ipv6Addr;

use super::Input;
use crate::machine::{LinkId, RxMeta};
use crate::pmip::{NodeId, Profile};
use crate::wire::mh::option::{AccessTechnology, HandoffIndicator};
use crate::wire::packet::OwnedPayload;
use crate::wire::{Dialect, EncodeError};

/// [`Input`] that owns its parts: a trace can be recorded and played again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of Input")]
pub enum OwnedInput {
    /// [`Input::Attached`].
    Attached {
        link: LinkId,
        node: NodeId,
        link_layer_id: Box<[u8]>,
        technology: AccessTechnology,
        handoff: HandoffIndicator,
        previous: Option<Ipv6Addr>,
    },
    /// [`Input::Profile`].
    Profile { link: LinkId, node: NodeId, profile: Option<Profile> },
    /// [`Input::Detached`].
    Detached { link: LinkId },
    /// [`Input::Packet`].
    Packet { meta: RxMeta, payload: OwnedPayload },
    /// [`Input::Clock`].
    Clock { unix_micros: u64 },
}

impl OwnedInput {
    /// A copy of an input, to be recorded; `dialect` is that of the peer who sent the packet.
    ///
    /// # Errors
    /// When the packet has no canonical form.
    pub fn new(input: &Input<'_>, dialect: &Dialect) -> Result<Self, EncodeError> {
        Ok(match *input {
            Input::Attached { link, node, link_layer_id, technology, handoff, previous } => Self::Attached {
                link,
                node: node.clone(),
                link_layer_id: link_layer_id.into(),
                technology,
                handoff,
                previous,
            },
            Input::Profile { link, node, profile } => {
                Self::Profile { link, node: node.clone(), profile: profile.cloned() }
            }
            Input::Detached { link } => Self::Detached { link },
            Input::Packet { meta, ref payload } => {
                Self::Packet { meta, payload: OwnedPayload::new(payload, dialect)? }
            }
            Input::Clock { unix_micros } => Self::Clock { unix_micros },
        })
    }

    /// The input, borrowed from this one.
    #[must_use]
    pub fn borrow(&self) -> Input<'_> {
        match self {
            Self::Attached { link, node, link_layer_id, technology, handoff, previous } => Input::Attached {
                link: *link,
                node,
                link_layer_id,
                technology: *technology,
                handoff: *handoff,
                previous: *previous,
            },
            Self::Profile { link, node, profile } => {
                Input::Profile { link: *link, node, profile: profile.as_ref() }
            }
            Self::Detached { link } => Input::Detached { link: *link },
            Self::Packet { meta, payload } => Input::Packet { meta: *meta, payload: payload.borrow() },
            Self::Clock { unix_micros } => Input::Clock { unix_micros: *unix_micros },
        }
    }
}
