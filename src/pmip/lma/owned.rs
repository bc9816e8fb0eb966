//! Inputs that own their parts.

use super::Input;
use crate::machine::RxMeta;
use crate::pmip::{NodeId, Subscriber};
use crate::wire::packet::OwnedPayload;
use crate::wire::{Dialect, EncodeError};

/// [`Input`] that owns its parts: a trace can be recorded and played again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of Input")]
pub enum OwnedInput {
    /// [`Input::Provision`].
    Provision { node: NodeId, subscriber: Subscriber },
    /// [`Input::Withdraw`].
    Withdraw { node: NodeId },
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
            Input::Provision { node, subscriber } => {
                Self::Provision { node: node.clone(), subscriber: subscriber.clone() }
            }
            Input::Withdraw { node } => Self::Withdraw { node: node.clone() },
            Input::Packet { meta, ref payload } => {
                Self::Packet { meta, payload: OwnedPayload::new(payload, dialect)? }
            }
            Input::Clock { unix_micros } => Self::Clock { unix_micros },
        })
    }

    /// The input, as the machine takes it.
    #[must_use]
    pub fn borrow(&self) -> Input<'_> {
        match self {
            Self::Provision { node, subscriber } => Input::Provision { node, subscriber },
            Self::Withdraw { node } => Input::Withdraw { node },
            Self::Packet { meta, payload } => Input::Packet { meta: *meta, payload: payload.borrow() },
            Self::Clock { unix_micros } => Input::Clock { unix_micros: *unix_micros },
        }
    }
}
