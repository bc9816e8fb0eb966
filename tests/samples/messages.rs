//! Mobility Header messages of every type, chosen by hand: the least and the most of each field, with options and without.

use multimob::wire::mh::option::{HomeNetworkPrefix, MnIdentifier};
use multimob::wire::mh::{
    BindingError, BindingRefreshRequest, BindingRevocationAck, BindingRevocationIndication, CareOfTest,
    CareOfTestInit, ErrorStatus, Experimental, FastAckFlags, FastBindingAck, FastBindingUpdate,
    FastNeighborAdvertisement, FastStatus, FastUpdateFlags, FlowBindingAck, FlowBindingFlags,
    FlowBindingIndication, FlowBindingStatus, FlowBindingTrigger, HandoverAck, HandoverAckCode,
    HandoverAckFlags, HandoverInitiate, HandoverInitiateCode, HandoverInitiateFlags, Heartbeat,
    HeartbeatFlags, HomeAgentSwitch, HomeTest, HomeTestInit, LocalizedRoutingAck, LocalizedRoutingFlags,
    LocalizedRoutingInitiation, LocalizedRoutingStatus, Message, Mh, MobilityOption, NotificationFlags,
    NotificationReason, NotificationStatus, RevocationFlags, RevocationStatus, RevocationTrigger,
    SubscriptionFlags, SubscriptionQuery, SubscriptionResponse, UpdateNotification, UpdateNotificationAck,
};
use multimob::wire::{Addr, Dialect, List};

use super::{Visit, octets};

/// Visits every message that is neither a Binding Update nor its acknowledgement.
pub fn each(dialect: &Dialect, visit: &mut Visit<'_, Mh>) {
    let options: [MobilityOption<'_>; 2] = [
        MnIdentifier { subtype: 1, id: b"mn1@example.net" }.into(),
        HomeNetworkPrefix { length: 64, prefix: Addr(octets("2001:db8:1::")) }.into(),
    ];
    for options in [&options[..0], &options[..1], &options[..]] {
        let options = List::new(options, dialect);
        for message in rfc6275(options).into_iter().chain(handovers(options)).chain(others(options)) {
            visit(message, dialect);
        }
    }
    for data in [&[0, 0][..], &[0xff; 10], &[0x55; 2_042]] {
        visit(Experimental { data }.into(), dialect);
    }
    let most = [octets("2001:db8:b::2"); 127];
    visit(HomeAgentSwitch { addresses: &most, options: List::default() }.into(), dialect);
}

type Options<'a> = List<'a, MobilityOption<'a>>;

fn rfc6275(options: Options<'_>) -> Vec<Message<'_>> {
    let (cookie, token) = ([1, 2, 3, 4, 5, 6, 7, 8], [0xff; 8]);
    let home_address = Addr(octets("2001:db8:2::2"));
    let nonce_index = 0xfffe;
    vec![
        BindingRefreshRequest { options }.into(),
        HomeTestInit { cookie, options }.into(),
        CareOfTestInit { cookie: token, options }.into(),
        HomeTest { nonce_index, cookie, token, options }.into(),
        CareOfTest { nonce_index: 0, cookie: token, token: cookie, options }.into(),
        BindingError { status: ErrorStatus::UNRECOGNIZED_MH_TYPE, home_address, options }.into(),
        BindingError { status: ErrorStatus(255), home_address: Addr::UNSPECIFIED, options }.into(),
    ]
}

fn handovers(options: Options<'_>) -> Vec<Message<'_>> {
    let sequence = 0x0102;
    let mut all: Vec<Message<'_>> = vec![
        FastBindingUpdate {
            sequence,
            flags: FastUpdateFlags::ACKNOWLEDGE | FastUpdateFlags::HOME_REGISTRATION,
            lifetime_s: 90,
            options,
        }
        .into(),
        FastBindingAck {
            status: FastStatus::ACCEPTED_USE_SUPPLIED_NCOA,
            flags: FastAckFlags::KEY_MANAGEMENT,
            sequence,
            lifetime_s: u16::MAX,
            options,
        }
        .into(),
        HandoverInitiate {
            sequence,
            flags: HandoverInitiateFlags::PROXY | HandoverInitiateFlags::FORWARD,
            code: HandoverInitiateCode::ALL_CONTEXT_TRANSFERRED,
            options,
        }
        .into(),
        HandoverAck {
            sequence,
            flags: HandoverAckFlags::PROXY | HandoverAckFlags::FORWARD,
            code: HandoverAckCode::CONTEXT_ACCEPTED,
            options,
        }
        .into(),
    ];
    for bits in [0, 0xff] {
        let (flags, code) = (HandoverInitiateFlags::from_bits_retain(bits), HandoverInitiateCode(bits));
        all.push(HandoverInitiate { sequence: 0, flags, code, options }.into());
        let (flags, code) = (HandoverAckFlags::from_bits_retain(bits), HandoverAckCode(bits));
        all.push(HandoverAck { sequence: u16::MAX, flags, code, options }.into());
    }
    for carries_packet in [false, true] {
        all.push(FastNeighborAdvertisement { carries_packet, options }.into());
    }
    all
}

const AGENTS: [[u8; 16]; 2] = [[0x20; 16], [0x3f; 16]];

fn others(options: Options<'_>) -> Vec<Message<'_>> {
    let mut all: Vec<Message<'_>> = Vec::new();
    for addresses in [&AGENTS[..0], &AGENTS[..1], &AGENTS[..]] {
        all.push(HomeAgentSwitch { addresses, options }.into());
    }
    for bits in [0, u16::MAX] {
        let byte = u8::try_from(bits & 0xff).unwrap();
        let sequence = bits;
        all.extend::<[Message<'_>; 11]>([
            Heartbeat {
                flags: HeartbeatFlags::from_bits_retain(bits),
                sequence: u32::from(bits) << 16,
                options,
            }
            .into(),
            BindingRevocationIndication {
                trigger: RevocationTrigger(byte),
                sequence,
                flags: RevocationFlags::from_bits_retain(bits),
                options,
            }
            .into(),
            BindingRevocationAck {
                status: RevocationStatus(byte),
                sequence,
                flags: RevocationFlags::from_bits_retain(bits),
                options,
            }
            .into(),
            LocalizedRoutingInitiation { sequence, lifetime_s: bits, options }.into(),
            LocalizedRoutingAck {
                sequence,
                flags: LocalizedRoutingFlags::from_bits_retain(byte),
                status: LocalizedRoutingStatus(byte),
                lifetime_s: bits,
                options,
            }
            .into(),
            UpdateNotification {
                sequence,
                reason: NotificationReason(bits),
                flags: NotificationFlags::from_bits_retain(bits),
                options,
            }
            .into(),
            UpdateNotificationAck { sequence, status: NotificationStatus(byte), options }.into(),
            FlowBindingIndication {
                sequence,
                trigger: FlowBindingTrigger(byte),
                flags: FlowBindingFlags::from_bits_retain(byte),
                options,
            }
            .into(),
            FlowBindingAck { sequence, status: FlowBindingStatus(byte), options }.into(),
            SubscriptionQuery { sequence: byte, options }.into(),
            SubscriptionResponse {
                sequence: byte,
                flags: SubscriptionFlags::from_bits_retain(byte),
                options,
            }
            .into(),
        ]);
    }
    all
}
