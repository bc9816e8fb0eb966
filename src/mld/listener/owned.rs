//! Inputs that own their parts: a trace can be recorded and played again.

use core::net::Ipv6Addr;

use super::Input;
use crate::channel::Filter;
use crate::machine::{Received, RxMeta};
use crate::wire::mld::Owned;
use crate::wire::{Dialect, EncodeError};

/// [`Input`] that owns its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of Input")]
pub enum OwnedInput {
    /// [`Input::Want`].
    Want { group: Ipv6Addr, filter: Filter },
    /// [`Input::Told`].
    Told { group: Ipv6Addr },
    /// [`Input::Packet`].
    Packet { meta: RxMeta, message: Owned },
}

impl OwnedInput {
    /// The input as the machine takes it.
    #[must_use]
    pub fn borrow(&self) -> Input<'_> {
        match self {
            Self::Want { group, filter } => Input::Want { group: *group, filter: filter.clone() },
            Self::Told { group } => Input::Told { group: *group },
            Self::Packet { meta, message } => {
                Input::Packet(Received { meta: *meta, message: message.view() })
            }
        }
    }
}

impl TryFrom<Input<'_>> for OwnedInput {
    type Error = EncodeError;

    fn try_from(input: Input<'_>) -> Result<Self, EncodeError> {
        Ok(match input {
            Input::Want { group, filter } => Self::Want { group, filter },
            Input::Told { group } => Self::Told { group },
            Input::Packet(Received { meta, message }) => {
                Self::Packet { meta, message: Owned::new(&message, &Dialect::DEFAULT)? }
            }
        })
    }
}
