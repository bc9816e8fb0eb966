//! Link layers: from a captured frame to the packet in it.

/// What a frame carries.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Network<'a> {
    /// IPv6, or IPv4 with IGMP in it.
    Ip(&'a [u8]),
    /// Another protocol, and how many octets of it.
    Other { ethertype: u16, len: usize },
    /// A link type that is not read here.
    Unknown { link: u32, len: usize },
    /// A frame that ends within the head of this layer.
    Short { layer: &'static str, needed: usize, have: usize },
}

/// A frame taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// The tags of IEEE 802.1Q and 802.1ad, outermost first.
    pub(crate) vlans: Vec<u16>,
    pub(crate) network: Network<'a>,
}

/// Link types, as capture files number them.
pub(crate) mod link {
    pub(crate) const ETHERNET: u32 = 1;
    /// IPv4 or IPv6, as the first four bits say.
    pub(crate) const RAW: u32 = 101;
    pub(crate) const LINUX_SLL: u32 = 113;
    pub(crate) const IPV6: u32 = 229;
    pub(crate) const LINUX_SLL2: u32 = 276;
}

/// Takes a frame of this link type apart.
pub(crate) fn read(link: u32, octets: &[u8]) -> Frame<'_> {
    let tagged = match link {
        link::ETHERNET => {
            split("ethernet", octets, |&[_, _, _, _, _, _, _, _, _, _, _, _, t0, t1]: &[u8; 14]| [t0, t1])
        }
        link::LINUX_SLL => {
            split("linux-sll", octets, |&[_, _, _, _, _, _, _, _, _, _, _, _, _, _, t0, t1]: &[u8; 16]| {
                [t0, t1]
            })
        }
        link::LINUX_SLL2 => split("linux-sll2", octets, |&[t0, t1, ..]: &[u8; 20]| [t0, t1]),
        link::RAW | link::IPV6 => return Frame { vlans: Vec::new(), network: by_version(octets) },
        _ => return Frame { vlans: Vec::new(), network: Network::Unknown { link, len: octets.len() } },
    };
    let mut vlans = Vec::new();
    let network = tagged.and_then(|(ethertype, rest)| untagged(ethertype, rest, &mut vlans));
    Frame { vlans, network: network.unwrap_or_else(|short| short) }
}

fn by_version(octets: &[u8]) -> Network<'_> {
    match octets.first() {
        Some(first) if first >> 4 == 4 => ipv4(octets),
        _ => Network::Ip(octets),
    }
}

/// Of IPv4 only IGMP is read, which is protocol 2.
fn ipv4(octets: &[u8]) -> Network<'_> {
    match octets.get(9) {
        Some(2) => Network::Ip(octets),
        _ => Network::Other { ethertype: IPV4, len: octets.len() },
    }
}

fn untagged<'a>(
    mut ethertype: u16,
    mut rest: &'a [u8],
    vlans: &mut Vec<u16>,
) -> Result<Network<'a>, Network<'a>> {
    while let VLAN | SERVICE_VLAN | OLD_SERVICE_VLAN = ethertype {
        let mut tag = [0; 2];
        (ethertype, rest) = split("vlan", rest, |&[v0, v1, t0, t1]: &[u8; 4]| {
            tag = [v0, v1];
            [t0, t1]
        })?;
        vlans.push(u16::from_be_bytes(tag) & 0x0fff);
    }
    Ok(match ethertype {
        IPV6 => Network::Ip(rest),
        IPV4 => ipv4(rest),
        _ => Network::Other { ethertype, len: rest.len() },
    })
}

/// The ethertype in the head of a layer, and what follows that head.
fn split<'a, const N: usize>(
    layer: &'static str,
    octets: &'a [u8],
    ethertype: impl FnOnce(&[u8; N]) -> [u8; 2],
) -> Result<(u16, &'a [u8]), Network<'a>> {
    match octets.split_first_chunk() {
        Some((head, rest)) => Ok((u16::from_be_bytes(ethertype(head)), rest)),
        None => Err(Network::Short { layer, needed: N, have: octets.len() }),
    }
}

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const VLAN: u16 = 0x8100;
const SERVICE_VLAN: u16 = 0x88a8;
/// What was used before IEEE 802.1ad.
const OLD_SERVICE_VLAN: u16 = 0x9100;
