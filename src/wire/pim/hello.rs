//! Hello (RFC 7761 4.9.2).

use super::option::{self, HelloOption};
use crate::wire::error::EncodeError;
use crate::wire::out::Out;
use crate::wire::read::Read;
use crate::wire::{Dialect, List};

/// Hello: what a router says of itself on a link.
///
/// ```
/// use multimob::wire::pim::{Hello, HelloOption, Message};
/// use multimob::wire::{Dialect, Encode, List, Pseudo};
///
/// let options = [
///     HelloOption::Holdtime(Hello::HOLDTIME),
///     HelloOption::DrPriority(1),
///     HelloOption::GenerationId(0xdead_beef),
/// ];
/// let hello = Message::Hello(Hello { options: List::new(&options, &Dialect::DEFAULT) });
///
/// let octets = hello.to_vec_for(&Pseudo::pim("fe80::1".parse()?, "ff02::d".parse()?))?;
/// let Message::Hello(hello) = Message::parse(&octets, &Dialect::DEFAULT)? else { unreachable!() };
/// assert_eq!(hello.options.holdtime(), Some(105));
/// assert_eq!(hello.options.generation_id(), Some(0xdead_beef));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hello<'a> {
    /// The options, in their order.
    pub options: List<'a, HelloOption<'a>>,
}

impl<'a> Hello<'a> {
    /// Holdtime that goes with a Hello each 30 s, and what counts where none is given: 3.5 times that, seconds (RFC 7761
    /// 4.11).
    pub const HOLDTIME: u16 = 105;

    /// Holdtime of a neighbour that is never forgotten.
    pub const FOREVER: u16 = u16::MAX;

    pub(super) fn read(data: &'a [u8], dialect: &Dialect) -> Read<'a, Self> {
        let (rest, options) = option::list(data, dialect)?;
        Ok((rest, Self { options }))
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        self.options.write(out)
    }
}
