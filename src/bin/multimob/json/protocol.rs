//! The protocols whose messages this program knows.

use multimob::wire::cxtp::icmp;
use multimob::wire::ipv6::next_header;
use multimob::wire::{
    DecodeError, Dialect, Encode, Format, cxtp as wire_cxtp, igmp as wire_igmp, mh as wire_mh,
    mld as wire_mld, nd as wire_nd, pim as wire_pim,
};

use super::{Fault, Fields, Object, cxtp, igmp, mh, mld, nd, pim};

/// A protocol that names a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Mh,
    Mld,
    Igmp,
    Nd,
    Cxtp,
    CxtpIcmp,
    Pim,
}

/// What a message says.
pub(crate) struct Said {
    pub(crate) kind: &'static str,
    pub(crate) fields: Fields,
    /// Octets of the message: more may follow it.
    pub(crate) len: usize,
}

impl Protocol {
    pub(crate) const NAMES: [(&'static str, Self); 7] = [
        ("mh", Self::Mh),
        ("mld", Self::Mld),
        ("igmp", Self::Igmp),
        ("nd", Self::Nd),
        ("cxtp", Self::Cxtp),
        ("cxtp-icmp", Self::CxtpIcmp),
        ("pim", Self::Pim),
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mh => "mh",
            Self::Mld => "mld",
            Self::Igmp => "igmp",
            Self::Nd => "nd",
            Self::Cxtp => "cxtp",
            Self::CxtpIcmp => "cxtp-icmp",
            Self::Pim => "pim",
        }
    }

    pub(crate) const fn next_header(self) -> u8 {
        match self {
            Self::Mh => next_header::MOBILITY,
            Self::Mld | Self::Nd | Self::CxtpIcmp => next_header::ICMPV6,
            Self::Igmp => next_header::IGMP,
            Self::Cxtp => next_header::UDP,
            Self::Pim => next_header::PIM,
        }
    }

    /// Where the checksum of a message stands; CXTP between routers leaves that to UDP.
    pub(crate) const fn checksum_at(self) -> Option<usize> {
        match self {
            Self::Mh => <wire_mh::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Mld => <wire_mld::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Igmp => <wire_igmp::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Nd => <wire_nd::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Cxtp => <wire_cxtp::Message<'_> as Encode>::CHECKSUM_AT,
            Self::CxtpIcmp => <icmp::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Pim => <wire_pim::Message<'_> as Encode>::CHECKSUM_AT,
        }
    }

    /// What the checksum of a message covers: `own` octets are the message, what is behind them follows it.
    pub(crate) fn covered(self, octets: &[u8], own: usize, dialect: &Dialect) -> usize {
        match self {
            // Octets behind a Mobility Header are not under its checksum, those behind the others are.
            Self::Mh => own,
            Self::Pim => wire_pim::Message::parse(octets, dialect)
                .map_or(octets.len(), |message| message.checksum_covers().min(octets.len())),
            Self::Mld | Self::Igmp | Self::Nd | Self::Cxtp | Self::CxtpIcmp => octets.len(),
        }
    }

    /// Reads a message.
    pub(crate) fn write(self, octets: &[u8], dialect: &Dialect) -> Result<Said, DecodeError> {
        let ((kind, fields), len) = match self {
            Self::Mh => {
                let message = wire_mh::Message::parse(octets, dialect)?;
                let words = octets.get(1).copied().map_or(0, usize::from);
                (mh::write(&message, dialect), words.saturating_add(1).saturating_mul(8))
            }
            Self::Mld => {
                let message = wire_mld::Message::parse(octets, dialect)?;
                // Nothing is padded there.
                (mld::write(&message, dialect), message.encoded_len())
            }
            Self::Igmp => {
                let message = wire_igmp::Message::parse(octets, dialect)?;
                (igmp::write(&message, dialect), message.encoded_len())
            }
            Self::Nd => (nd::write(&wire_nd::Message::parse(octets, dialect)?), octets.len()),
            Self::Cxtp => {
                let message = wire_cxtp::Message::parse(octets, dialect)?;
                (cxtp::write(&message, dialect), cxtp_len(octets))
            }
            Self::CxtpIcmp => {
                let icmp::Message(message) = icmp::Message::parse(octets, dialect)?;
                let len = octets.get(ICMP_HEAD..).map_or(0, cxtp_len).saturating_add(ICMP_HEAD);
                (cxtp::write(&message, dialect), len)
            }
            Self::Pim => {
                let message = wire_pim::Message::parse(octets, dialect)?;
                // Addresses of another family, which are passed over, are no part of what is written again.
                let own = message.encoded_len();
                let ends = octets.get(..own).is_some_and(|own| Self::Pim.same(own, octets, dialect));
                (pim::write(&message), if ends { own } else { octets.len() })
            }
        };
        Ok(Said { kind, fields, len })
    }

    /// The octets of the message that these fields tell, its checksum zero.
    pub(crate) fn read(self, object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Mh => mh::read(object, dialect),
            Self::Mld => mld::read(object, dialect),
            Self::Igmp => igmp::read(object, dialect),
            Self::Nd => nd::read(object, dialect),
            Self::Cxtp => cxtp::read(object, dialect),
            Self::CxtpIcmp => cxtp::read_icmp(object, dialect),
            Self::Pim => pim::read(object, dialect),
        }
    }

    /// The type of a message of which no more can be read.
    pub(crate) fn type_name(self, octets: &[u8]) -> Option<&'static str> {
        match self {
            Self::Mh => mh::type_name(octets),
            Self::Mld => octets.first().and_then(|&kind| mld::type_name(kind)),
            Self::Igmp => octets.first().and_then(|&kind| igmp::type_name(kind)),
            Self::Nd => octets.first().and_then(|&kind| nd::type_name(kind)),
            Self::Cxtp => octets.first().map(|&first| cxtp::type_name(first)),
            Self::CxtpIcmp => octets.get(ICMP_HEAD).map(|&first| cxtp::type_name(first)),
            Self::Pim => octets.first().map(|&first| pim::type_name(first)),
        }
    }

    /// Whether this is a message that may be read and not be written: one with options behind its authenticator, say.
    pub(crate) fn is_for_reading_only(self, octets: &[u8], dialect: &Dialect) -> bool {
        fn refused<F: Format>(octets: &[u8], dialect: &Dialect) -> bool {
            F::parse(octets, dialect).is_ok_and(|message| message.to_vec().is_err())
        }
        match self {
            Self::Mh => refused::<wire_mh::Mh>(octets, dialect),
            Self::Mld => refused::<wire_mld::Mld>(octets, dialect),
            Self::Igmp => refused::<wire_igmp::Igmp>(octets, dialect),
            Self::Nd => refused::<wire_nd::Nd>(octets, dialect),
            Self::Cxtp => refused::<wire_cxtp::Cxtp>(octets, dialect),
            Self::CxtpIcmp => refused::<icmp::CxtpIcmp>(octets, dialect),
            Self::Pim => refused::<wire_pim::Pim>(octets, dialect),
        }
    }

    /// Whether both are messages that mean the same: other padding and other reserved bits at most.
    pub(crate) fn same(self, a: &[u8], b: &[u8], dialect: &Dialect) -> bool {
        fn equal<'a, F: Format>(a: &'a [u8], b: &'a [u8], dialect: &Dialect) -> bool {
            match (F::parse(a, dialect), F::parse(b, dialect)) {
                (Ok(a), Ok(b)) => a == b,
                _ => false,
            }
        }
        match self {
            Self::Mh => equal::<wire_mh::Mh>(a, b, dialect),
            Self::Mld => equal::<wire_mld::Mld>(a, b, dialect),
            Self::Igmp => equal::<wire_igmp::Igmp>(a, b, dialect),
            Self::Nd => equal::<wire_nd::Nd>(a, b, dialect),
            Self::Cxtp => equal::<wire_cxtp::Cxtp>(a, b, dialect),
            Self::CxtpIcmp => equal::<icmp::CxtpIcmp>(a, b, dialect),
            Self::Pim => equal::<wire_pim::Pim>(a, b, dialect),
        }
    }
}

/// Octets of the ICMPv6 header before a CXTP message.
pub(crate) const ICMP_HEAD: usize = 8;

/// How long a CXTP message says it is.
fn cxtp_len(octets: &[u8]) -> usize {
    let len = octets.get(2..).and_then(|tail| tail.first_chunk());
    len.map_or(0, |len| u16::from_be_bytes(*len).into())
}
