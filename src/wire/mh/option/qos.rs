//! Quality of service (RFC 7222 4).

use super::selector::{SelectorFormat, TrafficSelector};
use super::sub::sub_options;
use crate::wire::Out;
use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::fields::{Body, Cursor, Row, Source, Upper6, Value, Visit, body, letters};

code! {
    /// What a [`QualityOfService`] option asks for or answers (RFC 7222 4.1).
    QosOperation(u8) {
        /// Answer.
        RESPONSE = 0,
        /// Allocate resources.
        ALLOCATE = 1,
        /// De-allocate resources.
        DEALLOCATE = 2,
        /// Modify what was negotiated.
        MODIFY = 3,
        /// List what is active.
        QUERY = 4,
        /// Answer with a counter-proposal.
        NEGOTIATE = 5,
    }
}

body! {
    /// Quality-of-Service (58, RFC 7222 4.1).
    QualityOfService<'a> {
        /// Service Request Identifier; 0 until the LMA has allocated one.
        request: u8,
        /// DSCP of the flows, at most 63.
        dscp: u8 as Upper6<63>,
        /// What is asked for or answered.
        operation: QosOperation,
        /// Attributes.
        [3] attributes: Row<'a, QosAttribute<'a>>,
    }
}

sub_options! {
    /// A Quality-of-Service attribute (RFC 7222 4.2).
    QosAttribute plain
    1 => NodeMaxDownlink at (1, 0),
    2 => NodeMaxUplink at (1, 0),
    3 => SessionMaxDownlink at (1, 0),
    4 => SessionMaxUplink at (1, 0),
    5 => AllocationRetentionPriority at (1, 0),
    6 => MaxDownlink at (1, 0),
    7 => MaxUplink at (1, 0),
    8 => GuaranteedDownlink at (1, 0),
    9 => GuaranteedUplink at (1, 0),
    10 => QosTrafficSelector<'a> at (1, 0),
    11 => QosVendorSpecific<'a> at (1, 0),
}

macro_rules! rates {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        body! {
            $(#[$doc])*
            $name {
                /// Bits per second.
                [2] rate: u32,
            }
        }
    )*};
}

rates! {
    /// Per-MN-Agg-Max-DL-Bit-Rate (1, RFC 7222 4.2.1).
    NodeMaxDownlink,
    /// Per-MN-Agg-Max-UL-Bit-Rate (2, RFC 7222 4.2.2).
    NodeMaxUplink,
    /// Aggregate-Max-DL-Bit-Rate (6, RFC 7222 4.2.6).
    MaxDownlink,
    /// Aggregate-Max-UL-Bit-Rate (7, RFC 7222 4.2.7).
    MaxUplink,
    /// Guaranteed-DL-Bit-Rate (8, RFC 7222 4.2.8).
    GuaranteedDownlink,
    /// Guaranteed-UL-Bit-Rate (9, RFC 7222 4.2.9).
    GuaranteedUplink,
}

bitflags::bitflags! {
    /// Which flows the rate of a session is about (RFC 7222 4.2.3, 4.2.4).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct SessionFlags: u16 {
        /// S: all sessions of the same service.
        const SERVICE = 0x8000;
        /// E: not the flows with a guaranteed rate.
        const EXCLUDE = 0x4000;
        const _ = !0;
    }
}

letters! { SessionFlags(u16) { "S" = 0x8000, "E" = 0x4000 } }

body! {
    /// Per-Session-Agg-Max-DL-Bit-Rate (3, RFC 7222 4.2.3).
    SessionMaxDownlink {
        /// Which flows.
        flags: SessionFlags,
        /// Bits per second.
        rate: u32,
    }
}

body! {
    /// Per-Session-Agg-Max-UL-Bit-Rate (4, RFC 7222 4.2.4).
    SessionMaxUplink {
        /// Which flows.
        flags: SessionFlags,
        /// Bits per second.
        rate: u32,
    }
}

/// Allocation-Retention-Priority (5, RFC 7222 4.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllocationRetentionPriority {
    /// Priority level, 1 (the highest) to 15.
    pub level: u8,
    /// Preemption capability: 0 if it may take from others, 1 if not; 2 and 3 are reserved.
    pub capability: u8,
    /// Preemption vulnerability: 0 if others may take from it, 1 if not; 2 and 3 are reserved.
    pub vulnerability: u8,
}

impl Body<'_> for AllocationRetentionPriority {
    fn read(mut from: Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.judge_len(2, false)?;
        let &[_, octet] = from.take()?;
        Ok(Self { level: octet >> 4, capability: octet >> 2 & 3, vulnerability: octet & 3 })
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        let Self { level, capability, vulnerability } = *self;
        for (value, max) in [(level, 15), (capability, 3), (vulnerability, 3)] {
            if value > max {
                return Err(EncodeError::TooLong { field: Field::OptionBody, max: max.into() });
            }
        }
        out.put(&[0, level << 4 | capability << 2 | vulnerability]);
        Ok(())
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("level", Value::Int(self.level.into()));
        visit("capability", Value::Int(self.capability.into()));
        visit("vulnerability", Value::Int(self.vulnerability.into()));
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let mut int = |name, max| from.int(name, max).map(|int| u8::try_from(int).unwrap_or_default());
        let body = Self {
            level: int("level", 15)?,
            capability: int("capability", 3)?,
            vulnerability: int("vulnerability", 3)?,
        };
        body.write(out).map_err(|why| from.refuse("level", why))
    }
}

/// QoS-Traffic-Selector (10, RFC 7222 4.2.10): the flows that the rates beside it are about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QosTrafficSelector<'a> {
    /// The flows.
    pub selector: TrafficSelector<'a>,
}

/// A reserved octet, format, and the selector: not the order of RFC 6089.
impl<'a> Body<'a> for QosTrafficSelector<'a> {
    fn read(mut from: Cursor<'a, '_>) -> Result<Self, DecodeError> {
        let &[_, format] = from.take()?;
        TrafficSelector::of(SelectorFormat(format), from).map(|selector| Self { selector })
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        out.put(&[0, self.selector.format().0]);
        self.selector.write_fields(out)
    }

    fn show(&self, visit: &mut Visit<'_>) {
        self.selector.show(visit);
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let format = SelectorFormat::given(from)?;
        out.put(&[0, format.0]);
        TrafficSelector::build_fields(format, from, out)
    }
}

body! {
    /// QoS-Vendor-Specific-Attribute (11, RFC 7222 4.2.11).
    QosVendorSpecific<'a> {
        /// Private enterprise number.
        [2] vendor: u32,
        /// Subtype, the vendor's own.
        subtype: u8,
        /// Data.
        data: &'a [u8],
    }
}
