//! Bodies of options by type, chosen by hand: what every type may look like, and what it may not.

/// Type and good body, in hexadecimal digits.
pub const GOOD: &[(u8, &str)] = &[
    (2, "0009"),
    (3, "20010db8000500000000000000000005"),
    (4, "00010002"),
    (8, "01 6d6e31406578616d706c652e6e6574"),
    (8, "01"),
    (22, "0040 20010db8000100000000000000000000"),
    (22, "0000 00000000000000000000000000000000"),
    (22, "0080 20010db8000100000000000000000001"),
    (23, "0003"),
    (24, "00c8"),
    (25, "0000"),
    (25, "0000 02"),
    (25, "0000 02000004"),
    (25, "0000 020000000001"),
    (25, "0000 020000fffe000001"),
    (26, "fe800000000000000000000000000001"),
    (27, "00004d7c6d000000"),
];

/// Type and a body that cannot be one.
pub const BAD: &[(u8, &str)] = &[
    (2, "00"),
    (3, "20010db8"),
    (4, "000100"),
    (8, ""),
    (22, "0040 20010db80001000000000000000000"),
    (22, "0081 20010db8000100000000000000000000"),
    (23, "03"),
    (24, "000400"),
    (25, "00"),
    (26, "fe8000000000000000000000000000"),
    (27, "00004d7c6d00000000"),
];

/// Octets from pairs of digits; spaces are passed over.
pub fn octets(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(|digit| *digit != b' ').collect();
    let (pairs, []) = digits.as_chunks::<2>() else { panic!("an odd digit") };
    pairs.iter().map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
