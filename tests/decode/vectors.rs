//! Known answers: octets that a second program computed from the drafts, and what they say.

use serde_json::{Value, json};

use crate::program::line;

const PBU_M: &str = "3b0f0500eb2900078300012c0810016d6e31406578616d706c652e6e65740104000000001612004020010db8000100000000\
                     000000000000170200031802000401001b0800004d7c6d0000000100c82c8f0000000000000105000001ff3e000000000000\
                     000000008000000120010db800050000000000000000000501020000";
const PBU_Q: &str = "3b030500e7f40008830000010100ca1020010db8000200000000000000000002";
const PBA_Q: &str = "3b060600718600300008004b0100ca1020010db8000200000000000000000002010400000000c91020010db8000a0000\
                     0000000000000002";
const PBA_Q_NOT_FOUND: &str = "3b030600d0c59930000800000100ca1020010db8000200000000000000000002";

fn mh(hex: &str, dialect: &str) -> Value {
    line(&["decode", "--link", "mh", "--dialect", dialect, "--hex", hex])
}

#[test]
fn pbu_m() {
    let expected = json!({
        "frame": 1, "protocol": "mh", "type": "BindingUpdate", "ok": true, "reencode": "identical",
        "meaning": "PBU-M", "sequence": 7, "lifetime_s": 1200, "flags": ["A", "P", "C"],
        "options": [
            { "type": 8, "name": "MnIdentifier", "subtype": 1, "id": "mn1@example.net" },
            { "type": 22, "name": "HomeNetworkPrefix", "prefix": "2001:db8:1::", "length": 64 },
            { "type": 23, "name": "HandoffIndicator", "code": 3, "code_name": "SAME_INTERFACE" },
            { "type": 24, "name": "AccessTechnology", "code": 4, "code_name": "IEEE_802_11" },
            { "type": 27, "name": "Timestamp", "seconds": 1_300_000_000, "fraction": 0 },
            { "type": 200, "name": "MulticastState", "records": [
                { "type": 5, "name": "ALLOW", "group": "ff3e::8000:1", "sources": ["2001:db8:5::5"] },
            ] },
        ],
        "checksum": "0xeb29",
    });
    for dialect in ["asaeda", "discriminated"] {
        assert_eq!(mh(PBU_M, dialect), expected, "{dialect}");
    }
}

#[test]
fn pbu_q_and_its_answers() {
    let queried = json!({ "type": 202, "name": "QueriedHomeAddress", "address": "2001:db8:2::2" });
    let answered = json!({ "type": 201, "name": "CareOfAddress", "address": "2001:db8:a::2" });
    for dialect in ["liu", "discriminated"] {
        let query = mh(PBU_Q, dialect);
        assert_eq!((&query["meaning"], &query["flags"]), (&json!("PBU-Q"), &json!(["A", "P", "Q"])));
        assert_eq!((&query["sequence"], &query["lifetime_s"]), (&json!(8), &json!(4)));
        assert_eq!(query["options"], json!([queried]));

        let answer = mh(PBA_Q, dialect);
        assert_eq!((&answer["meaning"], &answer["flags"]), (&json!("PBA-Q"), &json!(["P", "Q"])));
        assert_eq!((&answer["status"], &answer["status_name"]), (&json!(0), &json!("ACCEPTED")));
        assert_eq!((&answer["lifetime_s"], &answer["reencode"]), (&json!(300), &json!("identical")));
        assert_eq!(answer["options"], json!([queried, answered]));

        let answer = mh(PBA_Q_NOT_FOUND, dialect);
        assert_eq!(answer["status_name"], "NOT_LMA_FOR_THIS_MOBILE_NODE");
    }
}

#[test]
fn the_dialect_tells_what_the_disputed_bits_mean() {
    let said = |hex: &str, dialect| {
        let line = mh(hex, dialect);
        (line["meaning"].as_str().unwrap().to_string(), line["flags"][2].clone(), line["flags"][1].clone())
    };
    let of = |meaning: &str, third: &str| (meaning.to_string(), json!(third), json!("P"));
    assert_eq!(said(PBU_M, "registered"), of("PBU-M", "F"));
    assert_eq!(said(PBU_M, "liu"), of("PBU-Q", "Q"));
    assert_eq!(said(PBU_M, "relocated"), of("PBU", "F"));
    assert_eq!(said(PBU_Q, "registered"), of("PBU-Q", "F"));
    assert_eq!(said(PBU_Q, "asaeda"), of("PBU-M", "C"));
    let answer = mh(PBA_Q, "asaeda");
    assert_eq!((&answer["meaning"], &answer["flags"]), (&json!("PBA"), &json!(["P", "T"])));
    // C and Q of the laboratory, in the place of nothing.
    let relocated = mh(&PBU_Q.replacen("8300", "820c", 1), "relocated");
    assert_eq!(relocated["flags"], json!(["A", "P", "C", "Q"]));
    assert_eq!(relocated["meaning"], "PBU-Q");
}

#[test]
fn mld() {
    let mld = |hex| line(&["decode", "--link", "mld", "--hex", hex]);
    assert_eq!(
        mld("8f00c0f80000000105000001ff3e000000000000000000008000000120010db8000500000000000000000005"),
        json!({
            "frame": 1, "protocol": "mld", "type": "Report", "ok": true, "reencode": "identical",
            "records": [
                { "type": 5, "name": "ALLOW", "group": "ff3e::8000:1", "sources": ["2001:db8:5::5"] },
            ],
            "checksum": "0xc0f8",
        })
    );
    assert_eq!(
        mld("820056962710000000000000000000000000000000000000027d0000"),
        json!({
            "frame": 1, "protocol": "mld", "type": "Query", "ok": true, "reencode": "identical",
            "max_response_ms": 10_000, "group": "::", "s": false, "qrv": 2, "qqi_s": 125, "sources": [],
            "checksum": "0x5696",
        })
    );
    let specific = mld("82009a7a80010000ff3e00000000000000000000800000010a810002\
         20010db800050000000000000000000520010db8000500000000000000000006");
    assert_eq!((&specific["max_response_ms"], &specific["qqi_s"]), (&json!(32_776), &json!(136)));
    assert_eq!((&specific["s"], &specific["qrv"]), (&json!(true), &json!(2)));
    assert_eq!(specific["sources"], json!(["2001:db8:5::5", "2001:db8:5::6"]));
    let hold =
        mld("8f0044f80000000181000001ff3e000000000000000000008000000120010db8000500000000000000000005");
    assert_eq!(hold["records"][0]["name"], "HOLD_INCLUDE");
    // The delay of version 1 is no code.
    assert_eq!(mld("8200e4699c400000ff3e0000000000000000000080000001")["max_response_ms"], 40_000);
}

#[test]
fn cxtp() {
    let cxtp = |hex: &str| line(&["decode", "--link", "cxtp", "--hex", hex]);
    let request = cxtp(
        "2700003820010db8000100000000000000000005010203040000000080010000800203000010016d6e31406578616d706c\
         652e6e65740000",
    );
    assert_eq!((&request["type"], &request["sequence"]), (&json!("CT-Req"), &json!(0x0102_0304)));
    assert_eq!(request["previous_address"], "2001:db8:1::5");
    assert_eq!(
        request["blocks"],
        json!([
            { "type": 0x8001, "name": "Wanted" },
            { "type": 0x8002, "name": "MnIdentifier", "subtype": 1, "id": "mn1@example.net" },
        ])
    );
    assert_eq!(request["reencode"], "identical");

    let data = cxtp(
        "234000900000001420010db8000100000000000000000005800203000010016d6e31406578616d706c652e6e6574000080\
         01070020010db800010000000000000000000501000001ff3e000000000000000000008000000120010db8000500000000\
         0000000000058001050020010db800010000000000000000000502000000ff1e0000000000000000000000001234",
    );
    assert_eq!(
        (&data["type"], &data["acknowledge"], &data["elapsed_ms"]),
        (&json!("CTD"), &json!(true), &json!(20))
    );
    assert_eq!(
        data["blocks"][1],
        json!({
            "type": 0x8001, "name": "Listener", "receiver": "2001:db8:1::5", "mode": "INCLUDE",
            "group": "ff3e::8000:1", "sources": ["2001:db8:5::5"],
        })
    );
    assert_eq!(data["blocks"][2]["mode"], "EXCLUDE");
    let reply = cxtp("2540001820010db800010000000000000000000580010000");
    assert_eq!(reply["statuses"], json!([{ "type": 0x8001, "status": 0, "status_name": "SUCCESS" }]));
    assert_eq!((&reply["type"], &reply["success"]), (&json!("CTDR"), &json!(true)));
}
