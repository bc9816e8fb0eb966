//! UDP.

use arbitrary::{Result, Unstructured};

use super::{Sample, Visit};
use crate::samples::draw::octets;
use crate::wire::Dialect;
use crate::wire::udp::{Datagram, Udp};

impl Sample for Udp {
    fn draw(u: &mut Unstructured<'_>, _: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        let [src_port, dst_port] = u.arbitrary()?;
        visit(Datagram { src_port, dst_port, data: &octets(u, 200)? });
        Ok(())
    }
}
