//! The Proxy Binding Acknowledgement (RFC 5213 5.3.6, D-7).

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::request::Request;
use crate::machine::{Envelope, Via};
use crate::mip::{Lifetime, Sequence, Timestamp};
use crate::mld::GroupRecord;
use crate::pmip::Prefix;
use crate::wire::mh::option::{
    self, AccessTechnology, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, LinkLocalAddress, MnIdentifier,
    MulticastState, multicast_state,
};
use crate::wire::mh::{AckFlags, BindingAck, Message, MobilityOption, Owned, Status};
use crate::wire::mld::Record;
use crate::wire::packet::OwnedPayload;
use crate::wire::{Addr, EncodeError, List};

/// What an answer says beyond the copy of its request.
#[derive(Clone, Debug)]
pub(super) struct Answer<'a> {
    pub(super) status: Status,
    pub(super) sequence: Sequence,
    pub(super) lifetime: Lifetime,
    /// The prefixes assigned, or those of the request when it was refused.
    pub(super) prefixes: &'a [Prefix],
    /// Goes out only when the request had one.
    pub(super) timestamp: Option<Timestamp>,
    /// Goes out only when the request had one.
    pub(super) link_local: Option<Ipv6Addr>,
    /// The records that were taken, when that is to be told.
    pub(super) accepted: Option<&'a [GroupRecord]>,
}

impl<'a> Answer<'a> {
    /// A refusal: a copy of the request.
    pub(super) fn refusal(request: &'a Request, status: Status) -> Self {
        Self {
            status,
            sequence: request.sequence,
            lifetime: Lifetime::ZERO,
            prefixes: &request.prefixes,
            timestamp: request.timestamp,
            link_local: request.link_local,
            accepted: None,
        }
    }

    /// The packet. What makes it longer than a Mobility Header can be is left out, the least needed first: a request may
    /// be as long as the longest header, and the answer must hold options that it did not have.
    pub(super) fn to(&self, request: &Request) -> Option<Envelope<OwnedPayload>> {
        let without_echo = Self { accepted: None, ..self.clone() };
        let shortest = Self { prefixes: &[], ..without_echo.clone() };
        let body =
            [self, &without_echo, &shortest].into_iter().find_map(|answer| answer.write(request).ok())?;
        Some(Envelope { via: Via::Routed, src: request.dst, dst: request.src, body: OwnedPayload::Mh(body) })
    }

    fn write(&self, request: &Request) -> Result<Owned, EncodeError> {
        let dialect = &request.dialect;
        let mut options = Vec::new();
        let (subtype, id) = request.node.as_ref().map_or((1, &[][..]), |node| (node.subtype, &node.id));
        options.push(MobilityOption::MnIdentifier(MnIdentifier { subtype, id }));
        if self.prefixes.is_empty() {
            options.push(MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                length: 0,
                prefix: Addr::UNSPECIFIED,
            }));
        }
        options.extend(self.prefixes.iter().map(|prefix| {
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                length: prefix.len,
                prefix: prefix.address.into(),
            })
        }));
        options.push(MobilityOption::HandoffIndicator(request.handoff.unwrap_or(HandoffIndicator(0))));
        options.push(MobilityOption::AccessTechnology(request.technology.unwrap_or(AccessTechnology(0))));
        if let (Some(_), Some(Timestamp(value))) = (request.timestamp, self.timestamp) {
            options.push(MobilityOption::Timestamp(option::Timestamp(value)));
        }
        if let Some(id) = &request.link_layer_id {
            options.push(MobilityOption::LinkLayerId(LinkLayerId { octets: id }));
        }
        if let (Some(_), Some(address)) = (request.link_local, self.link_local) {
            options.push(MobilityOption::LinkLocalAddress(LinkLocalAddress { address: address.into() }));
        }

        let sources: Vec<Vec<[u8; 16]>> = self.accepted.into_iter().flatten().map(octets).collect();
        let records = self.accepted.into_iter().flatten().zip(&sources).flat_map(|(record, sources)| {
            let record = Record { kind: record.kind, group: record.group.into(), sources, aux: &[] };
            multicast_state::cut(record, dialect)
        });
        let records: Vec<Record<'_>> = records.collect();
        match self.accepted {
            Some([]) => options.push(MobilityOption::MulticastState(MulticastState::Mld(List::default()))),
            Some(_) => options.extend(multicast_state::pack(&records, dialect)),
            None => {}
        }

        let ack = BindingAck {
            status: self.status,
            // Never Q: a MAG sees by that that its query was not understood (D-21).
            flags: AckFlags::PROXY,
            sequence: self.sequence.0,
            lifetime: self.lifetime.0,
            options: List::new(&options, dialect),
        };
        Owned::new(&Message::BindingAck(ack), dialect)
    }
}

fn octets(record: &GroupRecord) -> Vec<[u8; 16]> {
    record.sources.iter().map(|source| source.octets()).collect()
}
