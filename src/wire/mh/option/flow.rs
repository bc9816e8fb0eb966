//! Several care-of addresses and the flows that go to each (RFC 5648, RFC 6089, RFC 6909).

use core::net::IpAddr;

use super::selector::TrafficSelector;
use super::sub::sub_options;
use crate::wire::Out;
use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::fields::{Bit, Body, Cursor, Part, Row, Source, Value, Visit, body};
use crate::wire::mh::Status;

/// Binding Identifier (35, RFC 5648 4.3, RFC 6089 4.1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BindingIdentifier {
    /// The binding; 0 is reserved.
    pub id: u16,
    /// Status of this binding, where it is not that of the acknowledgement.
    pub status: Status,
    /// H: bindings at home and away at the same time.
    pub home: bool,
    /// Priority, at most 127; the lower, the higher. 0 where the sender knows RFC 5648 alone.
    pub priority: u8,
    /// Care-of address.
    pub care_of: Option<IpAddr>,
}

/// H, beside the priority.
const H: u8 = 0x80;

const MAX_PRIORITY: u8 = 0x7f;

impl BindingIdentifier {
    /// RFC 5648 4.3.
    pub(super) const fn alignment(&self) -> (usize, usize) {
        if self.care_of.is_some() { (8, 2) } else { (2, 0) }
    }
}

impl Body<'_> for BindingIdentifier {
    fn read(mut from: Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.judge_len(4, true)?;
        let id = u16::read(&mut from)?;
        let &[status, octet] = from.take()?;
        let care_of = Option::<IpAddr>::read(&mut from)?;
        from.judge_end()?;
        Ok(Self { id, status: Status(status), home: octet & H != 0, priority: octet & MAX_PRIORITY, care_of })
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        if self.priority > MAX_PRIORITY {
            return Err(EncodeError::TooLong { field: Field::OptionBody, max: MAX_PRIORITY.into() });
        }
        out.put(&self.id.to_be_bytes());
        out.put(&[self.status.0, self.priority | if self.home { H } else { 0 }]);
        Option::<IpAddr>::write(&self.care_of, out)
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("id", Value::Int(self.id.into()));
        visit("status", Value::Code(self.status.0.into(), self.status.name()));
        visit("home", Value::Bool(self.home));
        visit("priority", Value::Int(self.priority.into()));
        if let Some(care_of) = self.care_of {
            visit("care_of", Value::Ip(care_of));
        }
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        u16::build("id", from, out)?;
        Status::build("status", from, out)?;
        let home = if from.bool("home")? { H } else { 0 };
        let priority = from.int("priority", MAX_PRIORITY.into())?;
        out.put(&[home | u8::try_from(priority).unwrap_or(MAX_PRIORITY)]);
        <Option<IpAddr> as Part<'_>>::build("care_of", from, out)
    }
}

body! {
    /// Flow Summary (44, RFC 6089 4.2.2): flows that stay as they are.
    FlowSummary<'a> {
        /// Flow identifiers, one at least; at most 127 can be written.
        ids: &'a [[u8; 2]],
    }
}

code! {
    /// What became of a flow binding (RFC 6089 4.2). 128 and above are failures.
    FlowStatus(u8) {
        /// Flow binding successful.
        SUCCESS = 0,
        /// Administratively prohibited.
        PROHIBITED = 128,
        /// Flow binding rejected, reason unspecified.
        UNSPECIFIED = 129,
        /// Flow Identification option malformed.
        MALFORMED = 130,
        /// Binding identifier not found.
        BID_NOT_FOUND = 131,
        /// Flow identifier not found.
        FID_NOT_FOUND = 132,
        /// Traffic selector format not supported.
        FORMAT_NOT_SUPPORTED = 133,
    }
}

body! {
    /// Flow Identification (45, RFC 6089 4.2).
    FlowIdentification<'a> {
        /// Flow identifier; 0 is reserved.
        id: u16,
        /// Priority among the flows of the node; the lower, the higher. 0 is reserved.
        priority: u16,
        /// Status, in an acknowledgement.
        [1] status: FlowStatus,
        /// What the flow is, and where it goes.
        options: Row<'a, FlowOption<'a>>,
    }
}

sub_options! {
    /// A sub-option of a flow (RFC 6089 4.2.1). Pad1 and PadN come and go with the alignment and are none here.
    FlowOption padded
    2 => BindingReference<'a> at (2, 0),
    3 => TrafficSelector<'a> at own,
}

body! {
    /// Binding Reference (sub-option 2, RFC 6089 4.2.1.3): where the flow goes.
    BindingReference<'a> {
        /// Binding identifiers, one at least.
        ids: &'a [[u8; 2]],
    }
}

body! {
    /// IPv4 Traffic Offload Selector (53, RFC 6909 3.1).
    TrafficOffloadSelector<'a> {
        /// M: all but the flows that match are offloaded at the MAG; not set: those that match.
        all_but: bool as Bit<1, 0x80>,
        /// The traffic selector; none in a PBU that leaves the choice to the LMA.
        [3] options: Row<'a, FlowOption<'a>>,
    }
}
