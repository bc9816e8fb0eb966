//! Proxy Binding Updates, as values and as octets.

use core::hint::black_box;

use multimob::wire::mh::option::{
    AccessTechnology, HandoffIndicator, HomeNetworkPrefix, LinkLocalAddress, MnIdentifier, MulticastState,
    Timestamp,
};
use multimob::wire::mh::{BindingUpdate, Meaning, Message, MobilityOption};
use multimob::wire::mld::Record;
use multimob::wire::{Addr, Dialect, Encode, List};

use super::mld::{self, OwnedRecord};
use super::{POOL, Random};

/// What one update says.
pub struct Sample {
    pub sequence: u16,
    pub flags: u16,
    pub lifetime: u16,
    pub node: Vec<u8>,
    pub prefix: [u8; 16],
    pub link_local: [u8; 16],
    pub timestamp: u64,
    /// Records of a Multicast State option, if there is one.
    pub records: Vec<OwnedRecord>,
    pub octets: Vec<u8>,
}

impl Sample {
    fn new(random: &mut Random, node: &str, records: Vec<OwnedRecord>) -> Self {
        let mut sample = Self {
            sequence: random.next().to_le_bytes()[0].into(),
            flags: BindingUpdate::flags_for(Meaning::Proxy, &Dialect::DEFAULT).bits(),
            lifetime: 900,
            node: node.into(),
            prefix: random.address([0x20, 0x01, 0x0d, 0xb8]),
            link_local: random.address([0xfe, 0x80, 0, 0]),
            timestamp: random.next(),
            records,
            octets: Vec::new(),
        };
        sample.octets = {
            let records = sample.records();
            let options = sample.options(&records);
            sample.message(&options).to_vec().unwrap_or_default()
        };
        sample
    }

    /// The records as the crate has them.
    pub fn records(&self) -> Vec<Record<'_>> {
        self.records.iter().map(OwnedRecord::view).collect()
    }

    /// The options as the crate has them.
    pub fn options<'a>(&'a self, records: &'a [Record<'a>]) -> Vec<MobilityOption<'a>> {
        let mut options = vec![
            MnIdentifier { subtype: 1, id: &self.node }.into(),
            HomeNetworkPrefix { length: 64, prefix: Addr(self.prefix) }.into(),
            HandoffIndicator::SAME_INTERFACE.into(),
            AccessTechnology::IEEE_802_11.into(),
            LinkLocalAddress { address: Addr(self.link_local) }.into(),
            Timestamp(self.timestamp).into(),
        ];
        if !records.is_empty() {
            options.push(MulticastState::Mld(List::new(records, &Dialect::DEFAULT)).into());
        }
        options
    }

    /// The update as the crate has it.
    pub fn message<'a>(&self, options: &'a [MobilityOption<'a>]) -> Message<'a> {
        Message::BindingUpdate(BindingUpdate {
            sequence: self.sequence,
            flags: BindingUpdate::flags_for(Meaning::Proxy, &Dialect::DEFAULT),
            lifetime: self.lifetime,
            options: List::new(options, &Dialect::DEFAULT),
        })
    }
}

/// Six options and padding: 104 octets.
pub fn plain() -> Sample {
    Sample::new(&mut Random::default(), "mn1@example.net", Vec::new())
}

/// The same with a Multicast State option of two records, one of them with two sources.
pub fn multicast() -> Sample {
    let mut random = Random::default();
    let mut record = |kind, sources| OwnedRecord {
        kind,
        group: random.address([0xff, 0x3e, 0, 0x20]),
        sources: (0..sources).map(|_| random.address([0x20, 0x01, 0x0d, 0xb8])).collect(),
    };
    let records = vec![record(4, 0), record(5, 2)];
    Sample::new(&mut Random::default(), "mn1@example.net", records)
}

/// Updates of many nodes, whose names are 9 to 32 octets long.
pub fn pool() -> Vec<Sample> {
    let mut random = Random::default();
    let update = |_| {
        let name = "a-mobile-node-of-mine-0123";
        let len = usize::try_from(random.below(24)).unwrap_or(0);
        Sample::new(&mut random, &format!("{}@mn.test", &name[..=len]), Vec::new())
    };
    (0..POOL).map(update).collect()
}

/// Who takes what a reader delivers.
pub trait Visit: mld::Visit {
    fn head(&mut self, sequence: u16, flags: u16, lifetime: u16);
    fn node(&mut self, subtype: u8, id: &[u8]);
    fn prefix(&mut self, len: u8, prefix: [u8; 16]);
    fn code(&mut self, code: u8);
    fn address(&mut self, address: [u8; 16]);
    fn timestamp(&mut self, stamp: u64);
    fn other(&mut self, kind: u8, body: &[u8]);
}

/// Takes all of it and keeps little.
#[derive(Default)]
pub struct Tally {
    records: mld::Tally,
    numbers: u64,
    addresses: u128,
}

impl mld::Visit for Tally {
    #[inline(always)]
    fn record(&mut self, kind: u8, group: [u8; 16]) {
        self.records.record(kind, group);
    }

    #[inline(always)]
    fn source(&mut self, source: &[u8; 16]) {
        self.records.source(source);
    }
}

impl Visit for Tally {
    #[inline(always)]
    fn head(&mut self, sequence: u16, flags: u16, lifetime: u16) {
        self.numbers =
            self.numbers.wrapping_add(u64::from(sequence) ^ u64::from(flags) ^ u64::from(lifetime));
    }

    #[inline(always)]
    fn node(&mut self, subtype: u8, id: &[u8]) {
        self.numbers = self.numbers.wrapping_add(subtype.into());
        black_box(id);
    }

    #[inline(always)]
    fn prefix(&mut self, len: u8, prefix: [u8; 16]) {
        self.numbers = self.numbers.wrapping_add(len.into());
        self.addresses ^= u128::from_ne_bytes(prefix);
    }

    #[inline(always)]
    fn code(&mut self, code: u8) {
        self.numbers = self.numbers.wrapping_add(code.into());
    }

    #[inline(always)]
    fn address(&mut self, address: [u8; 16]) {
        self.addresses ^= u128::from_ne_bytes(address);
    }

    #[inline(always)]
    fn timestamp(&mut self, stamp: u64) {
        self.numbers = self.numbers.wrapping_add(stamp);
    }

    #[inline(always)]
    fn other(&mut self, kind: u8, body: &[u8]) {
        self.numbers = self.numbers.wrapping_add(kind.into());
        black_box(body);
    }
}

/// Takes all of it and keeps all, to compare.
#[derive(Default, PartialEq, Debug)]
pub struct Listing(Vec<Vec<u8>>);

impl mld::Visit for Listing {
    fn record(&mut self, kind: u8, group: [u8; 16]) {
        self.0.push([&[kind], &group[..]].concat());
    }

    fn source(&mut self, source: &[u8; 16]) {
        self.0.push(source.to_vec());
    }
}

impl Visit for Listing {
    fn head(&mut self, sequence: u16, flags: u16, lifetime: u16) {
        self.0.push([sequence, flags, lifetime].map(u16::to_be_bytes).concat());
    }

    fn node(&mut self, subtype: u8, id: &[u8]) {
        self.0.push([&[subtype], id].concat());
    }

    fn prefix(&mut self, len: u8, prefix: [u8; 16]) {
        self.0.push([&[len], &prefix[..]].concat());
    }

    fn code(&mut self, code: u8) {
        self.0.push(vec![code]);
    }

    fn address(&mut self, address: [u8; 16]) {
        self.0.push(address.to_vec());
    }

    fn timestamp(&mut self, stamp: u64) {
        self.0.push(stamp.to_be_bytes().to_vec());
    }

    fn other(&mut self, kind: u8, body: &[u8]) {
        self.0.push([&[kind], body].concat());
    }
}

impl Sample {
    /// What a reader must deliver.
    pub fn listing(&self) -> Listing {
        let mut listing = Listing::default();
        listing.head(self.sequence, self.flags, self.lifetime);
        listing.node(1, &self.node);
        listing.prefix(64, self.prefix);
        listing.code(3);
        listing.code(4);
        listing.address(self.link_local);
        listing.timestamp(self.timestamp);
        for record in &self.records {
            mld::Visit::record(&mut listing, record.kind, record.group);
            for source in &record.sources {
                mld::Visit::source(&mut listing, source);
            }
        }
        listing
    }
}
