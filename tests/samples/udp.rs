//! Samples of UDP.

use multimob::wire::Dialect;
use multimob::wire::udp::{Datagram, Udp};
use proptest::prelude::*;

use super::{Samples, Visit};

/// What a random datagram is built from.
#[derive(Clone, Debug)]
pub struct Parts {
    ports: [u16; 2],
    data: Vec<u8>,
}

impl Samples for Udp {
    type Parts = Parts;

    fn each(visit: &mut Visit<'_, Self>) {
        for len in [0, 1, 2, 3, 4, 100] {
            let data = &[0xa5; 100][..len];
            visit(Datagram { src_port: 5004, dst_port: 0xffff, data }, &Dialect::DEFAULT);
        }
    }

    fn parts() -> BoxedStrategy<Parts> {
        (any::<[u16; 2]>(), prop::collection::vec(any::<u8>(), 0..200))
            .prop_map(|(ports, data)| Parts { ports, data })
            .boxed()
    }

    fn build(&Parts { ports: [src_port, dst_port], ref data }: &Parts, visit: &mut Visit<'_, Self>) {
        visit(Datagram { src_port, dst_port, data }, &Dialect::DEFAULT);
    }

    fn rebuild(view: Datagram<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        let Datagram { src_port, dst_port, data } = view;
        visit(Datagram { src_port, dst_port, data }, dialect);
    }

    fn shorten<'a: 'b, 'b>(view: Datagram<'a>) -> Datagram<'b> {
        view
    }
}
