//! Mobility options (RFC 6275 6.2).
//!
//! Each type of option is one struct ([`HomeNetworkPrefix`], [`Timestamp`], ..) and one row of the table in this file;
//! [`MobilityOption`] is any of them. `.into()` makes the one of the other:
//!
//! ```
//! use multimob::wire::mh::option::{HandoffIndicator, MnIdentifier, MobilityOption};
//!
//! let options: [MobilityOption<'_>; 2] =
//!     [MnIdentifier { subtype: 1, id: b"mn1@example.net" }.into(), HandoffIndicator::NEW_INTERFACE.into()];
//! ```

mod access;
mod auth;
mod cga;
mod dmm;
mod flow;
mod fmip;
mod gateway;
mod ipv4;
mod list;
mod local;
mod mip6;
mod multicast;
pub mod multicast_state;
mod node;
mod padding;
mod pmip;
mod qos;
mod raw;
mod redirect;
mod selector;
mod sub;
mod table;
#[cfg(test)]
mod tests;

pub use access::{
    AccessNetworkIdentifier, AccessNetworkOption, GeoLocation, NetworkIdentifier, OperatorIdentifier,
    OperatorType,
};
pub use auth::{
    AuthenticationSubtype, BindingAuthorizationData, FastBindingAuthorizationData, MobilityAuthentication,
    ReplayProtection,
};
pub use cga::{
    CareOfTest, CareOfTestInit, CgaParameters, CgaParametersRequest, PermanentHomeKeygenToken, Signature,
};
pub use dmm::{
    AnchoredPrefix, DlifLinkLayerAddress, DlifLinkLocalAddress, LocalPrefix, PreviousMaar, ServingMaar,
};
pub use flow::{
    BindingIdentifier, BindingReference, FlowIdentification, FlowOption, FlowStatus, FlowSummary,
    TrafficOffloadSelector,
};
pub use fmip::{
    AddressCode, ContextRequest, InterfaceIdentifier, LinkLayerAddressCode, LmaAddress, MhAddressPrefix,
    MhLinkLayerAddress, RequestedContext,
};
pub use gateway::{
    HeartbeatControl, MagIdentifier, MagParameter, MagParameters, MultipathBinding, MultipathFlags,
    ReregistrationControl,
};
pub use ipv4::{
    DhcpSupportMode, Ipv4AddressAck, Ipv4AddressStatus, Ipv4CareOfAddress, Ipv4DefaultRouter,
    Ipv4HomeAddress, Ipv4HomeAddressReply, Ipv4HomeAddressRequest, NatDetection,
};
pub use local::{CareOfAddress, QueriedHomeAddress};
pub use mip6::{AlternateCareOfAddress, BindingRefreshAdvice, MobileNetworkPrefix, NonceIndices};
pub use multicast::{
    ActiveSubscriptionIpv4, ActiveSubscriptionIpv6, MulticastAckStatus, MulticastAcknowledgement,
    MulticastMobility, MulticastSelector, ReportPayload, SelectedGroups,
};
pub use multicast_state::MulticastState;
pub use node::{
    DnsUpdate, DnsUpdateStatus, Experimental, GroupIdentifier, GroupSubtype, IdentifierSubtype, MnIdentifier,
    ServiceSelection, VendorSpecific,
};
pub use pmip::{
    AccessTechnology, DelegatedPrefix, GreKey, HandoffIndicator, HomeNetworkPrefix, LinkLayerId,
    LinkLocalAddress, LmaUserPlaneAddress, MagAddress, RestartCounter, Timestamp, TransientBinding,
};
pub use qos::{
    AllocationRetentionPriority, GuaranteedDownlink, GuaranteedUplink, MaxDownlink, MaxUplink,
    NodeMaxDownlink, NodeMaxUplink, QosAttribute, QosOperation, QosTrafficSelector, QosVendorSpecific,
    QualityOfService, SessionFlags, SessionMaxDownlink, SessionMaxUplink,
};
pub use raw::{Malformed, Raw};
pub use redirect::{AlternateIpv4CareOfAddress, LoadInformation, Redirect, RedirectCapability};
pub use selector::{Ipv4Selector, Ipv6Selector, OtherSelector, Range, SelectorFormat, TrafficSelector};

pub(super) use list::list;
pub(super) use padding::pad;

use crate::wire::error::EncodeError;
#[cfg(feature = "alloc")]
use crate::wire::fields::Source;
use crate::wire::fields::{Body, Cursor, Visit};
#[cfg(feature = "alloc")]
use crate::wire::out::Buf;
use crate::wire::out::Count;
use crate::wire::{Dialect, Item, Out};
use table::{align, options};

options! {
    /// A mobility option.
    ///
    /// Options are written in the order in which they stand in their list, each at its alignment (digest 2.2). Pad1 and
    /// PadN come and go with that and are no options here.
    MobilityOption
    2 => BindingRefreshAdvice at (2, 0),
    3 => AlternateCareOfAddress at (8, 6),
    4 => NonceIndices at (2, 0),
    5 => BindingAuthorizationData<'a> at own,
    6 => MobileNetworkPrefix at (8, 4),
    7 => MhLinkLayerAddress<'a> at (1, 0),
    8 => MnIdentifier<'a> at (1, 0),
    9 => MobilityAuthentication<'a> at (4, 1),
    10 => ReplayProtection at (8, 2),
    11 => CgaParametersRequest at (1, 0),
    12 => CgaParameters<'a> at (1, 0),
    13 => Signature<'a> at (1, 0),
    14 => PermanentHomeKeygenToken<'a> at (1, 0),
    15 => CareOfTestInit at (1, 0),
    16 => CareOfTest at (1, 0),
    17 => DnsUpdate<'a> at (1, 0),
    18 => Experimental<'a> at (1, 0),
    19 => VendorSpecific<'a> at (4, 2),
    20 => ServiceSelection<'a> at (1, 0),
    21 => FastBindingAuthorizationData<'a> at own,
    22 => HomeNetworkPrefix at (8, 4),
    23 => HandoffIndicator at (1, 0),
    24 => AccessTechnology at (1, 0),
    25 => LinkLayerId<'a> at own,
    26 => LinkLocalAddress at (8, 6),
    27 => Timestamp at (8, 2),
    28 => RestartCounter at (4, 2),
    29 => Ipv4HomeAddress at (4, 0),
    30 => Ipv4AddressAck at (4, 0),
    31 => NatDetection at (4, 0),
    32 => Ipv4CareOfAddress at (4, 0),
    33 => GreKey at (4, 0),
    34 => MhAddressPrefix at (8, 4),
    35 => BindingIdentifier at own,
    36 => Ipv4HomeAddressRequest at (4, 0),
    37 => Ipv4HomeAddressReply at (4, 0),
    38 => Ipv4DefaultRouter at (4, 0),
    39 => DhcpSupportMode at (1, 0),
    40 => ContextRequest<'a> at (4, 0),
    41 => LmaAddress at (4, 0),
    42 => InterfaceIdentifier at (4, 0),
    43 => TransientBinding at (1, 0),
    44 => FlowSummary<'a> at (2, 0),
    45 => FlowIdentification<'a> at (2, 0),
    46 => RedirectCapability at (4, 0),
    47 => Redirect at (4, 0),
    48 => LoadInformation at (4, 0),
    49 => AlternateIpv4CareOfAddress at (4, 2),
    50 => GroupIdentifier at (1, 0),
    51 => MagAddress at (8, 4),
    52 => AccessNetworkIdentifier<'a> at (4, 0),
    53 => TrafficOffloadSelector<'a> at (4, 0),
    54 => MulticastSelector<'a> at (4, 2),
    55 => DelegatedPrefix at (8, 2),
    56 => ActiveSubscriptionIpv4<'a> at (4, 1),
    57 => ActiveSubscriptionIpv6<'a> at (8, 1),
    58 => QualityOfService<'a> at (4, 0),
    59 => LmaUserPlaneAddress at (8, 2),
    60 => MulticastMobility<'a> at (4, 0),
    61 => MulticastAcknowledgement<'a> at (4, 0),
    62 => MagParameters<'a> at (4, 2),
    63 => MultipathBinding at (1, 0),
    64 => MagIdentifier<'a> at (1, 0),
    65 => AnchoredPrefix at (8, 4),
    66 => LocalPrefix at (8, 4),
    67 => PreviousMaar at (8, 4),
    68 => ServingMaar at (8, 6),
    69 => DlifLinkLocalAddress at (8, 6),
    70 => DlifLinkLayerAddress<'a> at own,
    local multicast_state => MulticastState<'a> at (4, 2),
    local care_of_address => CareOfAddress at (8, 6),
    local queried_home_address => QueriedHomeAddress at (8, 6),
}

impl<'a> MobilityOption<'a> {
    /// The option of this type with this body, whatever that makes it in this dialect: a value of its own where the
    /// type is known, [`Self::Malformed`] where the body cannot be one, [`Self::Unknown`] for any other type. `None` for
    /// the types of padding, 0 and 1.
    ///
    /// ```
    /// use multimob::wire::Dialect;
    /// use multimob::wire::mh::option::{HandoffIndicator, MobilityOption};
    ///
    /// let dialect = Dialect::default();
    /// let known = MobilityOption::other(23, &[0, 3], &dialect);
    /// assert_eq!(known, Some(MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE)));
    /// assert!(matches!(MobilityOption::other(23, &[3], &dialect), Some(MobilityOption::Malformed(_))));
    /// assert!(matches!(MobilityOption::other(199, &[0, 0], &dialect), Some(MobilityOption::Unknown(_))));
    /// ```
    #[must_use]
    pub fn other(kind: u8, body: &'a [u8], dialect: &Dialect) -> Option<Self> {
        any(kind, body, dialect)
    }
}

impl<'a> Item<'a> for MobilityOption<'a> {
    #[inline]
    fn read(octets: &mut &'a [u8], dialect: &Dialect) -> Option<Self> {
        if dialect.accept_raw_pbu_m
            && let Some(records) = multicast_state::raw_records(octets, dialect)
        {
            *octets = &[];
            return Some(MulticastState::Mld(records).into());
        }
        let (kind, body) = list::next(octets)?;
        any(kind, body, dialect)
    }

    #[inline]
    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError> {
        self.write_in(dialect, out)
    }

    /// Authorization data ends its message: it covers what is before it, and nobody else what is behind it (RFC 6275
    /// 6.2.7, RFC 5568 6.4.5).
    fn is_last(&self) -> bool {
        matches!(self, Self::BindingAuthorizationData(_) | Self::FastBindingAuthorizationData(_))
    }
}

/// Sorts options into the order in which they do no harm, and keeps it otherwise: those whose length counts words behind all
/// others, because who does not know them loses count there (T5); then those that authenticate what is before them
/// (RFC 4285 5.1); then authorization data, which must end the message.
///
/// ```
/// use multimob::wire::mh::option::{BindingAuthorizationData, BindingRefreshAdvice, in_order};
///
/// let authorization = BindingAuthorizationData { authenticator: &[0; 12] };
/// let mut options = [authorization.into(), BindingRefreshAdvice { interval: 9 }.into()];
/// in_order(&mut options);
/// assert_eq!(options[1], authorization.into());
/// ```
#[cfg(feature = "alloc")]
pub fn in_order(options: &mut [MobilityOption<'_>]) {
    options.sort_by_key(|option| match option {
        MobilityOption::MulticastMobility(_) | MobilityOption::MulticastAcknowledgement(_) => 1,
        MobilityOption::MobilityAuthentication(_) => 2,
        MobilityOption::BindingAuthorizationData(_) | MobilityOption::FastBindingAuthorizationData(_) => 3,
        _ => 0,
    });
}

/// Octets of type and length, before the body.
const HEAD: usize = 2;

/// Writes an option of this type at its alignment.
#[inline(always)]
fn stand<'a, B: Body<'a>>(
    body: &B,
    (unit, at): (usize, usize),
    kind: u8,
    out: &mut impl Out,
) -> Result<(), EncodeError> {
    let mut len = Count(0);
    if B::PLACED {
        pad(out, unit, at);
        let start = out.written().saturating_add(HEAD);
        let mut end = Count(start);
        body.write(&mut end)?;
        len.0 = end.written().saturating_sub(start);
    } else {
        body.write(&mut len)?;
        pad(out, unit, at);
    }
    raw::head(out, kind, len.written())?;
    body.write(out)
}

/// Makes a code a body of its own, behind a reserved octet.
macro_rules! coded {
    ($code:ident) => {
        impl $crate::wire::fields::Body<'_> for $code {
            #[inline(always)]
            fn read(
                mut from: $crate::wire::fields::Cursor<'_, '_>,
            ) -> Result<Self, $crate::wire::DecodeError> {
                from.judge_len(2, false)?;
                from.take().map(|&[_, code]| Self(code))
            }

            #[inline(always)]
            fn write(&self, out: &mut impl $crate::wire::Out) -> Result<(), $crate::wire::EncodeError> {
                out.put(&[0, self.0]);
                Ok(())
            }

            fn show(&self, visit: &mut $crate::wire::fields::Visit<'_>) {
                visit("code", $crate::wire::fields::Value::Code(self.0.into(), self.name()));
            }

            fn build<S: $crate::wire::fields::Source>(
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), S::Error> {
                out.put(&[0]);
                <Self as $crate::wire::fields::Part<'_>>::build("code", from, out)
            }
        }
    };
}

use coded;
