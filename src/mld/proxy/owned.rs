//! Inputs that own their parts: a trace can be recorded and played again.

use core::net::Ipv6Addr;

use super::Input;
use crate::channel::Filter;
use crate::machine::{LinkId, Received, RxMeta};
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
    /// [`Input::Interest`].
    Interest { link: LinkId, group: A, filter: Filter<A> },
    /// [`Input::Held`].
    Held { link: LinkId, group: A, filter: Filter<A> },
    /// [`Input::Querier`].
    Querier { link: LinkId, other: bool },
    /// [`Input::Gone`].
    Gone { link: LinkId },
    /// [`Input::UpstreamTold`].
    UpstreamTold { group: A },
    /// [`Input::Packet`].
    Packet { meta: RxMeta<A>, message: A::Owned },
}

impl<A: Family> OwnedInput<A> {
    /// The input as the machine takes it.
    #[must_use]
    pub fn borrow(&self) -> Input<'_, A> {
        match self {
            Self::Interest { link, group, filter } => {
                Input::Interest { link: *link, group: *group, filter: filter.clone() }
            }
            Self::Held { link, group, filter } => {
                Input::Held { link: *link, group: *group, filter: filter.clone() }
            }
            Self::Querier { link, other } => Input::Querier { link: *link, other: *other },
            Self::Gone { link } => Input::Gone { link: *link },
            Self::UpstreamTold { group } => Input::UpstreamTold { group: *group },
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
            Input::Interest { link, group, filter } => Self::Interest { link, group, filter },
            Input::Held { link, group, filter } => Self::Held { link, group, filter },
            Input::Querier { link, other } => Self::Querier { link, other },
            Input::Gone { link } => Self::Gone { link },
            Input::UpstreamTold { group } => Self::UpstreamTold { group },
            Input::Packet(Received { meta, message }) => Self::Packet { meta, message: A::own(message)? },
        })
    }
}
