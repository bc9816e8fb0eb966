//! The state x event matrices of the machines' FSMs, as files under `testdata/fsm/`: a changed transition shows in
//! review. Tests only.

/// Compares `rows`, made by calling a transition function on every state and event, with `testdata/fsm/<name>.txt`;
/// `UPDATE_FSM=1` in the environment rewrites the file.
pub(crate) fn is_on_file(name: &str, rows: &str) {
    let file = std::format!("{}/testdata/fsm/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_FSM").is_some() {
        std::fs::write(&file, rows).unwrap();
    }
    let filed = std::fs::read_to_string(&file).unwrap_or_default();
    for (number, (is, was)) in rows.lines().zip(filed.lines()).enumerate() {
        assert_eq!(is, was, "line {} of {file}; UPDATE_FSM=1 rewrites it", number + 1);
    }
    assert_eq!(rows.lines().count(), filed.lines().count(), "{file}; UPDATE_FSM=1 rewrites it");
}
