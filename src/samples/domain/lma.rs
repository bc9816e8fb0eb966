//! Inputs of the anchor.

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::{DIALECT, LMA, home_prefix, mag_address, meta, node, owned, policy, prefixes, protection};
use crate::machine::{Outer, Protection, RxMeta};
use crate::mld::GroupRecord;
use crate::pmip::lma::OwnedInput;
use crate::pmip::{NodeId, Prefix, Subscriber};
use crate::samples::draw::{many, rarely};
use crate::samples::wire::mld;
use crate::samples::world::{self, ALL_MLDV2_ROUTERS};
use crate::wire::mh::option::{
    AccessTechnology, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, MnIdentifier, MulticastState,
    Timestamp,
};
use crate::wire::mh::{BindingUpdate, Meaning, Message, MobilityOption};
use crate::wire::mld::Record;
use crate::wire::packet::OwnedPayload;
use crate::wire::{Addr, List};

impl<'a> Arbitrary<'a> for OwnedInput {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=22)? {
            0..=11 => Registration::draw(u)?.input(),
            12..=16 => report(u)?,
            17..=19 => {
                let (prefixes, policy) = (prefixes(u, 5)?, policy(u)?);
                let subscriber = Subscriber { prefixes, policy, ..Subscriber::default() };
                Self::Provision { node: node(u)?, subscriber }
            }
            20 => {
                let meta = meta(mag_address(u.int_in_range(1..=4)?), LMA, protection(u)?);
                Self::Packet { meta, payload: u.arbitrary()? }
            }
            21 => Self::Clock { unix_micros: u.int_in_range(0..=900_000_000)? },
            _ => Self::Withdraw { node: node(u)? },
        })
    }
}

/// MLD of a MAG, out of its M-Tunnel.
fn report(u: &mut Unstructured<'_>) -> Result<OwnedInput> {
    let src = mag_address(u.int_in_range(1..=4)?);
    let hop_limit = if rarely(u, 12)? { 64 } else { 1 };
    let inner = meta(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0xa), ALL_MLDV2_ROUTERS, Protection::None);
    let outer = Some(Outer { src, dst: LMA });
    Ok(OwnedInput::Packet {
        meta: RxMeta { outer, hop_limit, router_alert: true, ..inner },
        payload: OwnedPayload::Mld(mld::message(u, &DIALECT)?),
    })
}

/// A prefix to ask for: any, one of the node, one of the pool.
fn prefix(u: &mut Unstructured<'_>) -> Result<Prefix> {
    Ok(match u.int_in_range(0..=7)? {
        0..=3 => Prefix::new(Ipv6Addr::UNSPECIFIED, 0),
        4..=6 => home_prefix(u.int_in_range(1..=5)?),
        _ => Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 2, u.int_in_range(0..=2)?, 0, 0, 0, 0), 64),
    })
}

/// The parts of a registration, right or wrong.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) mag: Ipv6Addr,
    pub(crate) protection: Protection,
    pub(crate) sequence: u16,
    pub(crate) lifetime: u16,
    pub(crate) node: Option<NodeId>,
    pub(crate) prefixes: Vec<Prefix>,
    pub(crate) handoff: Option<u8>,
    pub(crate) technology: Option<u8>,
    pub(crate) link_layer_id: Option<Vec<u8>>,
    pub(crate) timestamp: Option<u64>,
    pub(crate) records: Vec<GroupRecord>,
}

impl Registration {
    fn draw(u: &mut Unstructured<'_>) -> Result<Self> {
        let mostly = |u: &mut Unstructured<'_>| rarely(u, 12).map(|rare| !rare);
        Ok(Self {
            mag: mag_address(u.int_in_range(1..=4)?),
            protection: protection(u)?,
            sequence: u.arbitrary()?,
            lifetime: if rarely(u, 64)? { 0 } else { u.int_in_range(1..=899)? },
            node: if mostly(u)? { Some(node(u)?) } else { None },
            prefixes: many(u, 2, prefix)?,
            handoff: if mostly(u)? { Some(u.int_in_range(1..=5)?) } else { None },
            technology: if mostly(u)? { Some(u.int_in_range(4..=5)?) } else { None },
            link_layer_id: if rarely(u, 128)? { Some(alloc::vec![u.int_in_range(1..=2)?]) } else { None },
            timestamp: if rarely(u, 77)? { Some(u.arbitrary()?) } else { None },
            records: world::records(u)?,
        })
    }

    pub(crate) fn input(&self) -> OwnedInput {
        let list = |record: &GroupRecord| record.sources.iter().map(|source| source.octets()).collect();
        let sources: Vec<Vec<[u8; 16]>> = self.records.iter().map(list).collect();
        let records: Vec<Record<'_>> = self
            .records
            .iter()
            .zip(&sources)
            .map(|(record, sources)| Record {
                kind: record.kind,
                group: record.group.into(),
                sources,
                aux: &[],
            })
            .collect();
        let mut options = Vec::new();
        if let Some(node) = &self.node {
            options.push(MobilityOption::MnIdentifier(MnIdentifier { subtype: node.subtype, id: &node.id }));
        }
        options.extend(self.prefixes.iter().map(|prefix| {
            MobilityOption::HomeNetworkPrefix(HomeNetworkPrefix {
                length: prefix.len,
                prefix: Addr::from(prefix.address),
            })
        }));
        options.extend(self.handoff.map(|hi| MobilityOption::HandoffIndicator(HandoffIndicator(hi))));
        options.extend(self.technology.map(|att| MobilityOption::AccessTechnology(AccessTechnology(att))));
        options.extend(
            self.link_layer_id.as_deref().map(|octets| MobilityOption::LinkLayerId(LinkLayerId { octets })),
        );
        options.extend(self.timestamp.map(|stamp| MobilityOption::Timestamp(Timestamp(stamp))));
        let meaning = if records.is_empty() { Meaning::Proxy } else { Meaning::ProxyMulticast };
        if !records.is_empty() {
            options.push(MobilityOption::MulticastState(MulticastState::Mld(List::new(&records, &DIALECT))));
        }
        let update = BindingUpdate {
            sequence: self.sequence,
            flags: BindingUpdate::flags_for(meaning, &DIALECT),
            lifetime: self.lifetime,
            options: List::new(&options, &DIALECT),
        };
        OwnedInput::Packet {
            meta: meta(self.mag, LMA, self.protection),
            payload: owned(&Message::BindingUpdate(update)),
        }
    }
}
