//! Proxy Binding Updates.

use multimob::wire::mh::option::{
    HomeNetworkPrefix, LinkLocalAddress, MnIdentifier, MulticastState, Timestamp,
};
use multimob::wire::mh::{Message, MobilityOption};
use multimob::wire::{Dialect, Encode, Pseudo};

use crate::workload::addresses;
use crate::workload::mh::Visit;

/// The whole message, then its options. Records are judged.
#[inline(always)]
pub fn parse<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
    let Ok(Message::BindingUpdate(update)) = Message::parse(octets, &Dialect::DEFAULT) else { return false };
    visit.head(update.sequence, update.flags.bits(), update.lifetime);
    for option in update.options {
        match option {
            MobilityOption::MnIdentifier(MnIdentifier { subtype, id }) => visit.node(subtype, id),
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix { length, prefix }) => {
                visit.prefix(length, prefix.0)
            }
            MobilityOption::HandoffIndicator(indicator) => visit.code(indicator.0),
            MobilityOption::AccessTechnology(technology) => visit.code(technology.0),
            MobilityOption::LinkLocalAddress(LinkLocalAddress { address }) => visit.address(address.0),
            MobilityOption::Timestamp(Timestamp(stamp)) => visit.timestamp(stamp),
            MobilityOption::MulticastState(MulticastState::Mld(records)) => {
                for record in records {
                    if record.judge().is_err() {
                        return false;
                    }
                    visit.record(record.kind.0, record.group.0);
                    for source in record.sources {
                        visit.source(source);
                    }
                }
            }
            other => visit.other(other.kind(&Dialect::DEFAULT), &[]),
        }
    }
    true
}

/// Octets written, with a checksum of zero.
#[inline(always)]
pub fn emit(message: &Message<'_>, buf: &mut [u8]) -> usize {
    message.encode(buf).unwrap_or(0)
}

/// Octets written, checksum included.
#[inline(always)]
pub fn emit_with_checksum(message: &Message<'_>, buf: &mut [u8]) -> usize {
    let &(src, dst) = addresses();
    message.encode_for(&Pseudo::mobility(src, dst), buf).unwrap_or(0)
}
