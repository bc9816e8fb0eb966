//! Mobility Header messages in tshark's names.

use serde_json::Value;

use super::{Said, date, options, text, units};

/// What is compared of messages other than Binding Updates and their acknowledgements, beside their type and options.
#[rustfmt::skip]
const MESSAGES: &[(&str, &[(&str, &str)])] = &[
    ("BindingRefreshRequest", &[]),
    ("HomeTestInit", &[("mip6.hoti.cookie", "cookie")]),
    ("CareOfTestInit", &[("mip6.coti.cookie", "cookie")]),
    ("HomeTest", &[("mip6.hot.nindex", "nonce_index"), ("mip6.hot.cookie", "cookie"), ("mip6.hot.token", "token")]),
    ("CareOfTest", &[("mip6.cot.nindex", "nonce_index"), ("mip6.cot.cookie", "cookie"), ("mip6.hot.token", "token")]),
    ("BindingUpdate", &[]),
    ("BindingAck", &[]),
    ("BindingError", &[("mip6.be.status", "status"), ("mip6.be.haddr", "home_address")]),
    ("FastBindingUpdate", &[
        ("mip6.fbu.seqnr", "sequence"), ("mip6.fbu.lifetime", "lifetime_s"), ("mip6.fbu.a_flag", "A"),
        ("mip6.fbu.h_flag", "H"), ("mip6.fbu.l_flag", "L"), ("mip6.fbu.k_flag", "K"),
    ]),
    ("FastBindingAck", &[
        ("mip6.fback.status", "status"), ("mip6.fback.k_flag", "K"), ("mip6.fback.seqnr", "sequence"),
        ("mip6.fback.lifetime", "lifetime_s"),
    ]),
    ("FastNeighborAdvertisement", &[]),
    ("Experimental", &[]),
    ("HomeAgentSwitch", &[]),
    ("Heartbeat", &[("mip6.hb.u_flag", "U"), ("mip6.hb.r_flag", "R"), ("mip6.hb.seqnr", "sequence")]),
    ("HandoverInitiate", &[
        ("mip6.hi.seqnr", "sequence"), ("mip6.hi.s_flag", "S"), ("mip6.hi.u_flag", "U"), ("mip6.hi.code", "code"),
    ]),
    ("HandoverAck", &[("mip6.hack.seqnr", "sequence"), ("mip6.hack.code", "code")]),
    ("BindingRevocationIndication", &[
        ("mip6.bri_br.type", "1"), ("mip6.bri_r.trigger", "trigger"), ("mip6.bri_seqnr", "sequence"),
        ("mip6.bri_ip", "P"), ("mip6.bri_iv", "V"), ("mip6.bri_ig", "G"),
    ]),
    ("BindingRevocationAck", &[
        ("mip6.bri_br.type", "2"), ("mip6.bri_status", "status"), ("mip6.bri_seqnr", "sequence"),
        ("mip6.bri_ap", "P"), ("mip6.bri_av", "V"), ("mip6.bri_ag", "G"),
    ]),
    ("LocalizedRoutingInitiation", &[]),
    ("LocalizedRoutingAck", &[]),
    ("UpdateNotification", &[]),
    ("UpdateNotificationAck", &[]),
    ("FlowBindingIndication", &[]),
    ("FlowBindingAck", &[]),
    ("SubscriptionQuery", &[]),
    ("SubscriptionResponse", &[]),
];

/// The last type of which tshark 4.0 knows more than the number.
const LAST: u64 = 18;

/// All that a line of a Mobility Header says.
pub(super) fn message(all: &mut Said<'_>, name: &str) {
    let line = all.line;
    let kind = match name {
        "Unknown" => line["kind"].as_u64().unwrap(),
        _ => number(name),
    };
    all.put("mip6.mhtype", kind.to_string());
    let letters: Vec<String> = line["flags"].as_array().into_iter().flatten().map(text).collect();
    let mut flag = |field, any: &[&str]| {
        let set = letters.iter().any(|letter| any.contains(&letter.as_str()));
        all.put(field, u8::from(set).to_string());
    };
    match name {
        "BindingUpdate" => {
            flag("mip6.bu.a_flag", &["A"]);
            flag("mip6.bu.h_flag", &["H"]);
            flag("mip6.bu.l_flag", &["L"]);
            flag("mip6.bu.k_flag", &["K"]);
            flag("mip6.bu.m_flag", &["M"]);
            flag("mip6.nemo.bu.r_flag", &["R"]);
            flag("mip6.bu.p_flag", &["P"]);
            flag("mip6.bu.f_flag", &["F", "C", "Q"]);
            flag("mip6.bu.t_flag", &["T"]);
            flag("mip6.bu.b_flag", &["B", "O"]);
            all.copy(&[("mip6.bu.seqnr", "sequence")]);
            all.put("mip6.bu.lifetime", units(&line["lifetime_s"]));
        }
        "BindingAck" => {
            flag("mip6.ba.k_flag", &["K"]);
            flag("mip6.nemo.ba.r_flag", &["R"]);
            flag("mip6.ba.p_flag", &["P"]);
            flag("mip6.ba.t_flag", &["T", "Q"]);
            flag("mip6.ba.b_flag", &["B"]);
            all.copy(&[("mip6.ba.seqnr", "sequence"), ("mip6.ba.status", "status")]);
            all.put("mip6.ba.lifetime", units(&line["lifetime_s"]));
        }
        _ => {
            let fields = MESSAGES.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, fields)| fields);
            for &(theirs, ours) in fields {
                match ours {
                    "1" | "2" => all.put(theirs, ours.to_string()),
                    "cookie" | "token" => all.put(theirs, format!("0x{}", text(&line[ours]))),
                    letter if letter.chars().all(char::is_uppercase) => {
                        all.put(theirs, u8::from(letters.iter().any(|set| set == letter)).to_string());
                    }
                    _ => all.copy(&[(theirs, ours)]),
                }
            }
        }
    }
    for option in options(line).filter(|_| kind <= LAST) {
        mobility_option(all, option);
    }
}

/// MH Type of a name: its place in the table, in which two types have two messages each.
fn number(name: &str) -> u64 {
    let at = MESSAGES.iter().position(|(of, _)| *of == name).unwrap() as u64;
    at - u64::from(at > 16) - u64::from(at > 22)
}

fn mobility_option(all: &mut Said<'_>, option: &Value) {
    match option["name"].as_str().unwrap_or_default() {
        "MnIdentifier" => {
            all.put("mip6.mnid.subtype", text(&option["subtype"]));
            all.put("mip6.mnid.identifier", text(&option["id"]));
        }
        "HomeNetworkPrefix" => {
            all.put("mip6.nemo.mnp.mnp", text(&option["prefix"]));
            all.put("mip6.nemo.mnp.pfl", text(&option["length"]));
        }
        "HandoffIndicator" => all.put("mip6.hi", text(&option["code"])),
        "AccessTechnology" => all.put("mip6.att", text(&option["code"])),
        "LinkLayerId" => all.put("mip6.mnlli.lli", text(&option["octets"])),
        "LinkLocalAddress" => all.put("mip6.lila_lla", text(&option["address"])),
        "Timestamp" => {
            let number = |name: &str| option[name].as_u64().unwrap();
            all.put("mip6.timestamp_tmp", date(number("seconds"), number("fraction")));
        }
        _ => {}
    }
}
