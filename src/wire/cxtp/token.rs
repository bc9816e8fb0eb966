//! The authorization token of CTAR and CT-Req (RFC 4067 2.5.1, digest 5.4).

use super::{Activate, Address, Block, Request};
use crate::wire::auth::{Code, Mac};
use crate::wire::{EncodeError, List, Out};

/// The token: over the node's previous address, the sequence number, and the blocks of the CTAR octet by octet (trap
/// 50: not those of the CTD that answers). `key` is shared by the node and its previous router.
///
/// ```
/// use multimob::wire::cxtp;
///
/// let previous = "2001:db8:1::5".parse::<std::net::Ipv6Addr>()?.into();
/// let token = cxtp::token(&[b'k'; 16], previous, 0x0102_0304, &[0, 1, 0, 0]);
/// assert_eq!(token.octets(), [0xda, 0x17, 0x54, 0xc4]);
/// assert!(token.verify(&[0xda, 0x17, 0x54, 0xc4]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn token(key: &[u8], previous_address: Address, sequence: u32, blocks: &[u8]) -> Code<4> {
    let mut mac = begin(key, previous_address, sequence);
    mac.bytes(blocks);
    mac.finish()
}

impl Activate<'_> {
    /// The same CTAR with the token that `key` makes.
    ///
    /// # Errors
    /// When a block cannot be written.
    pub fn authorized(self, key: &[u8]) -> Result<Self, EncodeError> {
        let code = of_blocks(key, self.previous_address, self.sequence, &self.blocks)?;
        Ok(Self { token: u32::from_be_bytes(code.octets()), ..self })
    }

    /// Whether `key` makes the token of this CTAR. Ask it of the message as it came: an owned form is canonical, and
    /// the token covers every octet. The key is to be forgotten afterwards (RFC 4067 6.3).
    #[must_use]
    pub fn is_authorized(&self, key: &[u8]) -> bool {
        let code = of_blocks(key, self.previous_address, self.sequence, &self.blocks);
        code.is_ok_and(|code| code.verify(&self.token.to_be_bytes()))
    }
}

impl Request<'_> {
    /// Whether `key` makes the token of this CT-Req, which is that of the CTAR that it passes on. As
    /// [`Activate::is_authorized`].
    #[must_use]
    pub fn is_authorized(&self, key: &[u8]) -> bool {
        let code = of_blocks(key, self.previous_address, self.sequence, &self.blocks);
        code.is_ok_and(|code| code.verify(&self.token.to_be_bytes()))
    }
}

fn begin(key: &[u8], previous_address: Address, sequence: u32) -> Mac {
    let mut mac = Mac::new(key);
    previous_address.write(&mut mac);
    mac.put(&sequence.to_be_bytes());
    mac
}

fn of_blocks<'a>(
    key: &[u8],
    previous_address: Address,
    sequence: u32,
    blocks: &List<'a, Block<'a>>,
) -> Result<Code<4>, EncodeError> {
    let mut mac = begin(key, previous_address, sequence);
    blocks.write_verbatim(&mut mac)?;
    Ok(mac.finish())
}

#[cfg(test)]
mod tests {
    use core::net::{Ipv4Addr, Ipv6Addr};
    use std::vec::Vec;

    use super::*;
    use crate::wire::cxtp::Message;
    use crate::wire::{Dialect, Encode};

    const KEY: [u8; 16] = [b'k'; 16];
    const DIALECT: Dialect = Dialect::DEFAULT;

    fn previous() -> Address {
        Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 5).into()
    }

    fn activate<'a>(blocks: &'a [Block<'a>]) -> Activate<'a> {
        Activate {
            acknowledge: true,
            previous_address: previous(),
            router: Ipv6Addr::LOCALHOST.into(),
            sequence: 0x0102_0304,
            token: 0,
            blocks: List::new(blocks, &DIALECT),
        }
    }

    #[test]
    fn cxtp_5_4_the_known_answer() {
        let code = token(&KEY, previous(), 0x0102_0304, &[0, 1, 0, 0]);
        assert_eq!(code.octets(), [0xda, 0x17, 0x54, 0xc4]);
        let blocks = [Block::Wanted(1)];
        let message = activate(&blocks).authorized(&KEY).unwrap();
        assert_eq!(message.token, 0xda17_54c4);
        assert!(message.is_authorized(&KEY));
    }

    #[test]
    fn t50_a_changed_bit_of_address_sequence_token_blocks_or_key_fails() {
        let blocks = [Block::Wanted(0x8001), Block::MnIdentifier { subtype: 1, id: b"mn1" }];
        let message = Message::Activate(activate(&blocks).authorized(&KEY).unwrap());
        let octets = message.to_vec().unwrap();
        let good = |octets: &[u8], key: &[u8]| match Message::parse(octets, &DIALECT) {
            Ok(Message::Activate(message)) => message.is_authorized(key),
            _ => false,
        };
        assert!(good(&octets, &KEY));
        // Head and the address of the router are not covered: the latter differs in the CTAR to the other router.
        for at in (4..20).chain(36..octets.len()) {
            for bit in 0..8 {
                let mut changed = octets.clone();
                changed[at] ^= 1 << bit;
                assert!(!good(&changed, &KEY), "bit {bit} of octet {at}");
            }
        }
        for at in 0..KEY.len() {
            for bit in 0..8 {
                let mut key = KEY;
                key[at] ^= 1 << bit;
                assert!(!good(&octets, &key));
            }
        }
        let mut longer = octets.clone();
        longer.extend([0, 1, 0, 0]);
        longer[3] += 4;
        assert!(!good(&longer, &KEY), "another block");
    }

    #[test]
    fn t50_the_blocks_are_covered_and_passed_on_octet_by_octet() {
        // Reserved bits and padding that this crate would not write.
        let blocks = [0x80, 1, 0, 0x55, 0x80, 2, 2, 0x11, 0, 2, 1, b'x', 9, 9, 9, 9, 9, 9, 9, 9];
        let token = token(&KEY, previous(), 7, &blocks);
        let mut octets = std::vec![0x21, 0x40, 0, 0];
        octets.extend([0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
        octets.extend([0xaa; 16]);
        octets.extend([0, 0, 0, 7]);
        octets.extend(token.octets());
        octets.extend(&blocks);
        octets[3] = u8::try_from(octets.len()).unwrap();
        let Ok(Message::Activate(message)) = Message::parse(&octets, &DIALECT) else { panic!() };
        assert!(message.is_authorized(&KEY));
        assert_ne!(Message::Activate(message).to_vec().unwrap(), octets, "not canonical");

        let passed_on: Vec<u8> = message.forwarded().to_vec().unwrap();
        assert_eq!(passed_on[..2], [0x27, 0]);
        assert_eq!(passed_on[4..20], octets[4..20]);
        assert_eq!(passed_on[20..], octets[36..]);
        let Ok(Message::Request(request)) = Message::parse(&passed_on, &DIALECT) else { panic!() };
        assert!(request.is_authorized(&KEY));
        assert!(!request.is_authorized(&KEY[1..]));
        let canonical = Message::Request(request).to_vec().unwrap();
        let Ok(Message::Request(request)) = Message::parse(&canonical, &DIALECT) else { panic!() };
        assert!(!request.is_authorized(&KEY), "what was rewritten is not what was signed");
    }

    #[test]
    fn the_previous_address_may_be_of_ipv4() {
        let message = Activate {
            previous_address: Ipv4Addr::new(192, 0, 2, 5).into(),
            router: Ipv4Addr::new(192, 0, 2, 1).into(),
            ..activate(&[])
        };
        let message = message.authorized(&KEY).unwrap();
        assert!(message.is_authorized(&KEY));
        let direct = token(&KEY, message.previous_address, 0x0102_0304, &[]);
        assert_eq!(direct.octets(), message.token.to_be_bytes());
    }
}
