//! Samples of Neighbor Discovery.

use multimob::wire::nd::{Message, Nd, NdOption, RouterAdvertisement, RouterSolicitation};
use multimob::wire::{Addr, Dialect, List};
use proptest::prelude::*;

use super::{Samples, Visit, octets};

/// What a random message is built from.
#[derive(Clone, Debug)]
pub enum Parts {
    Solicitation(Vec<OptionParts>),
    Advertisement { head: (u8, u8, u16, u32, u32), options: Vec<OptionParts> },
}

/// What a random option is built from.
#[derive(Clone, Debug)]
pub enum OptionParts {
    PrefixInformation { len: u8, flags: u8, valid_s: u32, preferred_s: u32, prefix: [u8; 16] },
    Raw { kind: u8, body: Vec<u8> },
}

impl OptionParts {
    fn option(&self) -> NdOption<'_> {
        match self {
            &Self::PrefixInformation { len, flags, valid_s, preferred_s, prefix } => {
                NdOption::PrefixInformation { len, flags, valid_s, preferred_s, prefix: Addr(prefix) }
            }
            Self::Raw { kind, body } => NdOption::raw(*kind, body).unwrap(),
        }
    }

    fn strategy() -> impl Strategy<Value = Self> {
        let information = (0..=128u8, any::<u8>(), any::<u32>(), any::<u32>(), any::<[u8; 16]>()).prop_map(
            |(len, flags, valid_s, preferred_s, prefix)| Self::PrefixInformation {
                len,
                flags,
                valid_s,
                preferred_s,
                prefix,
            },
        );
        let raw = (any::<u8>(), 1..6usize)
            .prop_flat_map(|(kind, words)| (Just(kind), prop::collection::vec(any::<u8>(), words * 8 - 2)))
            .prop_map(|(kind, body)| Self::Raw { kind, body });
        prop_oneof![information, raw]
    }
}

fn advertisement<'a>(
    (hop_limit, flags, lifetime_s, reachable_ms, retrans_ms): (u8, u8, u16, u32, u32),
    options: List<'a, NdOption<'a>>,
) -> Message<'a> {
    Message::Advertisement(RouterAdvertisement {
        hop_limit,
        flags,
        lifetime_s,
        reachable_ms,
        retrans_ms,
        options,
    })
}

impl Samples for Nd {
    type Parts = Parts;

    fn each(visit: &mut Visit<'_, Self>) {
        let dialect = &Dialect::DEFAULT;
        let head = (64, 0xc0, 1800, 30_000, 1_000);
        let options = [
            NdOption::PrefixInformation {
                len: 64,
                flags: 0xc0,
                valid_s: u32::MAX,
                preferred_s: 14_400,
                prefix: Addr(octets("2001:db8:1::")),
            },
            NdOption::raw(1, &[2, 0, 0x5e, 0x10, 0, 1]).unwrap(),
            NdOption::raw(3, &[64; 14]).unwrap(),
            NdOption::raw(200, &[7; 255 * 8 - 2]).unwrap(),
        ];
        for len in 0..=options.len() {
            let options = List::new(&options[..len], dialect);
            visit(Message::Solicitation(RouterSolicitation { options }), dialect);
            visit(advertisement(head, options), dialect);
        }
    }

    fn parts() -> BoxedStrategy<Parts> {
        let options = || prop::collection::vec(OptionParts::strategy(), 0..6);
        prop_oneof![
            options().prop_map(Parts::Solicitation),
            (any::<(u8, u8, u16, u32, u32)>(), options())
                .prop_map(|(head, options)| Parts::Advertisement { head, options }),
        ]
        .boxed()
    }

    fn build(parts: &Parts, visit: &mut Visit<'_, Self>) {
        let dialect = &Dialect::DEFAULT;
        let (Parts::Solicitation(options) | Parts::Advertisement { options, .. }) = parts;
        let values: Vec<NdOption<'_>> = options.iter().map(OptionParts::option).collect();
        let options = List::new(&values, dialect);
        let message = match parts {
            Parts::Solicitation(_) => Message::Solicitation(RouterSolicitation { options }),
            Parts::Advertisement { head, .. } => advertisement(*head, options),
        };
        visit(message, dialect);
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        match view {
            Message::Solicitation(RouterSolicitation { options }) => {
                let values: Vec<NdOption<'_>> = options.iter().collect();
                let options = List::new(&values, dialect);
                visit(Message::Solicitation(RouterSolicitation { options }), dialect);
            }
            Message::Advertisement(ra) => {
                let values: Vec<NdOption<'_>> = ra.options.iter().collect();
                let options = List::new(&values, dialect);
                visit(Message::Advertisement(RouterAdvertisement { options, ..ra }), dialect);
            }
            other => panic!("a message that no rebuild knows: {other:?}"),
        }
    }

    fn shorten<'a: 'b, 'b>(view: Message<'a>) -> Message<'b> {
        view
    }
}
