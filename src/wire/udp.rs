//! UDP (RFC 768).

use super::error::{DecodeError, EncodeError, Field, Layer};
use super::out::{Encode, Out};
use super::read::{Read, chunk, lift, octets, wrong};
use super::{Dialect, Format};

/// A user datagram.
///
/// ```
/// use multimob::wire::{Encode, Pseudo, packet, udp};
///
/// let (src, dst) = ("2001:db8:5::5".parse()?, "ff3e::8000:1".parse()?);
/// let video = udp::Datagram { src_port: 5004, dst_port: 5004, data: b"frame 1" };
/// let data = video.to_vec_for(&Pseudo::udp(src, dst))?;
/// let mut octets = [0; 64];
/// let len = packet::build(src, dst, &packet::Payload::Other { next_header: 17, data: &data }, &mut octets)?;
/// assert_eq!(len, 40 + 8 + 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Source port.
    pub src_port: u16,
    /// Destination port.
    pub dst_port: u16,
    /// The data; at most 65,527 octets can be written.
    pub data: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// Octets of the header.
    pub const HEAD_LEN: usize = 8;

    /// Reads a datagram. Octets beyond its length are not looked at, nor is the checksum: ask
    /// [`super::Pseudo::verify`].
    ///
    /// # Errors
    /// A length below 8 or beyond the octets there are.
    pub fn parse(octets: &'a [u8], _: &Dialect) -> Result<Self, DecodeError> {
        match datagram(octets) {
            Ok((_, datagram)) => Ok(datagram),
            Err(error) => Err(lift(error, octets.len())),
        }
    }
}

fn datagram(input: &[u8]) -> Read<'_, Datagram<'_>> {
    let (rest, &[s0, s1, d0, d1, high, low, _, _]) = chunk(Layer::Udp, Field::Header, input)?;
    let len = usize::from(u16::from_be_bytes([high, low]));
    let Some(len) = len.checked_sub(Datagram::HEAD_LEN) else {
        return Err(wrong(Layer::Udp, Field::Length, input, Datagram::HEAD_LEN, len));
    };
    let (rest, data) = octets(Layer::Udp, Field::Payload, len, rest)?;
    let (src_port, dst_port) = (u16::from_be_bytes([s0, s1]), u16::from_be_bytes([d0, d1]));
    Ok((rest, Datagram { src_port, dst_port, data }))
}

/// Writes the header of a datagram that carries `data` octets.
pub(super) fn write_head(
    out: &mut impl Out,
    [src, dst]: [u16; 2],
    data: usize,
    checksum: u16,
) -> Result<(), EncodeError> {
    let len = data.saturating_add(Datagram::HEAD_LEN);
    let Ok(len) = u16::try_from(len) else {
        return Err(EncodeError::TooLong { field: Field::Length, max: usize::from(u16::MAX) });
    };
    let [[s0, s1], [d0, d1], [high, low], [c0, c1]] = [src, dst, len, checksum].map(u16::to_be_bytes);
    out.put(&[s0, s1, d0, d1, high, low, c0, c1]);
    Ok(())
}

impl Encode for Datagram<'_> {
    const CHECKSUM_AT: Option<usize> = Some(6);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        write_head(out, [self.src_port, self.dst_port], self.data.len(), checksum)?;
        out.bytes(self.data);
        Ok(())
    }
}

/// UDP as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Udp {}

impl Format for Udp {
    type View<'a> = Datagram<'a>;
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Datagram<'a>, DecodeError> {
        Datagram::parse(octets, dialect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_below_the_header_or_beyond_the_octets_is_an_error() {
        let parse =
            |len| Datagram::parse(&[0, 1, 0, 2, 0, len, 0, 0, 7, 7], &Dialect::DEFAULT).map(|d| d.data.len());
        assert_eq!((parse(8), parse(9), parse(10)), (Ok(0), Ok(1), Ok(2)));
        let fields = [0, 7, 11].map(|len| parse(len).unwrap_err().field);
        assert_eq!(fields, [Field::Length, Field::Length, Field::Payload]);
    }

    #[test]
    fn data_that_no_length_field_can_say_is_refused() {
        let data = std::vec![0; 65_528];
        let write = |data| Datagram { src_port: 1, dst_port: 2, data }.to_vec();
        assert_eq!(write(&data[1..]).map(|octets| octets.len()), Ok(65_535));
        assert_eq!(write(&data), Err(EncodeError::TooLong { field: Field::Length, max: 65_535 }));
    }
}
