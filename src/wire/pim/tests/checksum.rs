//! What the checksum covers.

use super::*;

const FROM_DR: Pseudo = Pseudo::pim(Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, 1), Ipv6Addr::LOCALHOST);

#[test]
fn t36_a_register_is_summed_over_8_octets() {
    let message = Message::Register(Register::data(&[0xee; 33]));
    let octets = message.to_vec_for(&FROM_DR).unwrap();
    let sum = |octets: &[u8]| FROM_DR.checksum(octets).to_be_bytes();
    assert_eq!(octets[2..4], sum(&[0x21, 0, 0, 0, 0, 0, 0, 0]));
    let mut buf = [0; 41];
    assert_eq!(message.encode_for(&FROM_DR, &mut buf), Ok(41));
    assert_eq!(buf[..], octets);
    assert_eq!(Message::check(&octets, &FROM_DR), Ok(()));

    // Over the whole message it is as good.
    let mut all = octets.clone();
    all[2..4].fill(0);
    let over_all = sum(&all);
    all[2..4].copy_from_slice(&over_all);
    assert_ne!(all, octets);
    assert_eq!(Message::check(&all, &FROM_DR), Ok(()));

    // The packet is not covered: the first keeps its checksum, the second does not.
    let mut changed = [octets.clone(), all];
    changed.iter_mut().for_each(|octets| octets[20] ^= 1);
    assert_eq!(Message::check(&changed[0], &FROM_DR), Ok(()));
    let error = Message::check(&changed[1], &FROM_DR).unwrap_err();
    let right = u16::from_be_bytes([octets[2], octets[3]]);
    assert_eq!((error.layer, error.field, error.offset), (Layer::Pim, Field::Checksum, 2));
    assert_eq!((error.needed, error.have), (right, u16::from_be_bytes(over_all)));
    // But the flags are.
    changed[0][4] ^= 0x40;
    assert!(Message::check(&changed[0], &FROM_DR).is_err());
}

#[test]
fn t36_all_others_are_summed_in_full_with_the_link_local_source() {
    let join = join_prune(0, &[]);
    let [one, other] = [1, 2].map(|n| {
        let pseudo = Pseudo::pim(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, n), ALL_PIM_ROUTERS);
        (parse(&join).unwrap().to_vec_for(&pseudo).unwrap(), pseudo)
    });
    assert_eq!(Message::check(&one.0, &one.1), Ok(()));
    assert_ne!(one.0, other.0);
    assert_eq!(Message::check(&one.0, &other.1).unwrap_err().field, Field::Checksum);
    let mut changed = one.0;
    changed[25] ^= 1;
    assert!(Message::check(&changed, &one.1).is_err());
    // Of another version nothing is known but that it is summed in full.
    let mut register = [0x11, 0, 0, 0, 0, 0, 0, 0, 7, 7];
    register[2..4].copy_from_slice(&FROM_DR.checksum(&[0x11, 0, 0, 0, 0, 0, 0, 0]).to_be_bytes());
    assert!(Message::check(&register, &FROM_DR).is_err());
}

#[test]
fn octets_without_room_for_a_checksum_have_a_wrong_one() {
    for octets in [&[][..], &[0x21], &[0x20, 0, 0], &[0x21, 0, 0]] {
        assert_eq!(Message::check(octets, &FROM_DR).unwrap_err().field, Field::Checksum);
    }
    // A Register cut short within what its checksum covers.
    let mut cut = [0x21, 0, 0, 0, 0];
    let sum = FROM_DR.checksum(&cut).to_be_bytes();
    cut[2..4].copy_from_slice(&sum);
    assert_eq!(Message::check(&cut, &FROM_DR), Ok(()));
    assert_eq!(fault(&cut), (Field::Header, 4, 4, 1));
}
