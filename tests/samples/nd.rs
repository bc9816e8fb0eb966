//! Samples of Neighbor Discovery.

use multimob::wire::nd::{
    Message, Nd, NdOption, PrefixFlags, RouterAdvertisement, RouterFlags, RouterSolicitation,
};
use multimob::wire::{Addr, Dialect, List};

use super::{Samples, Visit, items, octets};

fn advertisement<'a>(
    (hop_limit, flags, lifetime_s, reachable_ms, retrans_ms): (u8, u8, u16, u32, u32),
    options: List<'a, NdOption<'a>>,
) -> Message<'a> {
    Message::Advertisement(RouterAdvertisement {
        hop_limit,
        flags: RouterFlags::from_bits_retain(flags),
        lifetime_s,
        reachable_ms,
        retrans_ms,
        options,
    })
}

impl Samples for Nd {
    fn each(visit: &mut Visit<'_, Self>) {
        let dialect = &Dialect::DEFAULT;
        let head = (64, 0xc0, 1800, 30_000, 1_000);
        let options = [
            NdOption::PrefixInformation {
                len: 64,
                flags: PrefixFlags::from_bits_retain(0xd0),
                valid_s: u32::MAX,
                preferred_s: 14_400,
                prefix: Addr(octets("2001:db8:1::")),
            },
            NdOption::SourceLinkLayer { address: &[2, 0, 0x5e, 0x10, 0, 1] },
            NdOption::TargetLinkLayer { address: &[7; 14] },
            NdOption::Mtu { mtu: 1_460 },
            NdOption::AdvertisementInterval { interval_ms: 600_000 },
            NdOption::HomeAgentInformation { preference: 10, lifetime_s: 1 },
            NdOption::raw(8, &[0, 0, 0, 10, 0, 0]).unwrap(),
            NdOption::raw(3, &[64; 14]).unwrap(),
            NdOption::raw(200, &[7; 255 * 8 - 2]).unwrap(),
        ];
        for len in 0..=options.len() {
            let options = List::new(&options[..len], dialect);
            visit(Message::Solicitation(RouterSolicitation { options }), dialect);
            visit(advertisement(head, options), dialect);
        }
    }

    fn rebuild(view: Message<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        match view {
            Message::Solicitation(RouterSolicitation { options }) => {
                let values: Vec<NdOption<'_>> = items(options);
                let options = List::new(&values, dialect);
                visit(Message::Solicitation(RouterSolicitation { options }), dialect);
            }
            Message::Advertisement(ra) => {
                let values: Vec<NdOption<'_>> = items(ra.options);
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
