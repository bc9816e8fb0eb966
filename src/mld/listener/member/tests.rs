//! Every state and every event.

use core::time::Duration;
use std::format;
use std::string::String;

use super::*;

#[test]
fn the_matrix_is_the_one_on_file() {
    let [soon, due, late] = [1, 2, 3].map(Instant::from_secs);
    let repeat_at = late + Duration::from_secs(1);
    let mut rows = String::from("# state | event | next | actions\n");
    for state in [Member::Idle, Member::Delaying { due, left: 1 }, Member::Delaying { due, left: 2 }] {
        let events = [
            MemberEvent::Joined { again: 0, repeat_at },
            MemberEvent::Joined { again: 1, repeat_at },
            MemberEvent::Left,
            MemberEvent::Asked { due: soon, last: soon },
            MemberEvent::Asked { due: soon, last: late },
            MemberEvent::Overheard,
            MemberEvent::Expired { repeat_at },
        ];
        for event in events {
            let (next, word) = state.on(event);
            let word = word.map_or("-".into(), |word| format!("{word:?}"));
            rows += &format!("{state:?} | {event:?} | {next:?} | {word}\n");
        }
    }
    crate::matrix::is_on_file("mld-listener-older", &rows);
}
