//! Samples of UDP.

use multimob::wire::Dialect;
use multimob::wire::udp::{Datagram, Udp};

use super::{Samples, Visit};

impl Samples for Udp {
    fn each(visit: &mut Visit<'_, Self>) {
        for len in [0, 1, 2, 3, 4, 100] {
            let data = &[0xa5; 100][..len];
            visit(Datagram { src_port: 5004, dst_port: 0xffff, data }, &Dialect::DEFAULT);
        }
    }

    fn rebuild(view: Datagram<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) {
        let Datagram { src_port, dst_port, data } = view;
        visit(Datagram { src_port, dst_port, data }, dialect);
    }

    fn shorten<'a: 'b, 'b>(view: Datagram<'a>) -> Datagram<'b> {
        view
    }
}
