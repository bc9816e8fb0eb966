//! Inputs that own their parts: a trace can be recorded and played again.

use core::net::Ipv6Addr;

use super::Input;
use crate::channel::Filter;
use crate::machine::{Received, RxMeta};
use crate::mld::Family;
use crate::wire::EncodeError;

/// [`Input`] that owns its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case", bound = "")
)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are those of Input")]
pub enum OwnedInput<A: Family = Ipv6Addr> {
    /// [`Input::Want`].
    Want { group: A, filter: Filter<A> },
    /// [`Input::Hold`].
    Hold { group: A, filter: Filter<A> },
    /// [`Input::Told`].
    Told { group: A },
    /// [`Input::Address`].
    Address { address: A },
    /// [`Input::Packet`].
    Packet { meta: RxMeta<A>, message: A::Owned },
}

impl<A: Family> OwnedInput<A> {
    /// The input as the machine takes it.
    #[must_use]
    pub fn borrow(&self) -> Input<'_, A> {
        match self {
            Self::Want { group, filter } => Input::Want { group: *group, filter: filter.clone() },
            Self::Hold { group, filter } => Input::Hold { group: *group, filter: filter.clone() },
            Self::Told { group } => Input::Told { group: *group },
            Self::Address { address } => Input::Address { address: *address },
            Self::Packet { meta, message } => {
                Input::Packet(Received { meta: *meta, message: A::view(message) })
            }
        }
    }
}

impl<A: Family> TryFrom<Input<'_, A>> for OwnedInput<A> {
    type Error = EncodeError;

    fn try_from(input: Input<'_, A>) -> Result<Self, EncodeError> {
        Ok(match input {
            Input::Want { group, filter } => Self::Want { group, filter },
            Input::Hold { group, filter } => Self::Hold { group, filter },
            Input::Told { group } => Self::Told { group },
            Input::Address { address } => Self::Address { address },
            Input::Packet(Received { meta, message }) => Self::Packet { meta, message: A::own(message)? },
        })
    }
}
