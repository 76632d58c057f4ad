//! What a chain is checked for, by the names of its tests.

pub use super::apart::installs_do_not_touch_each_other;
pub use super::interrupted::{
    a_connection_that_is_dropped_loses_nothing, a_program_that_is_killed_loses_nothing,
    a_session_that_is_terminated_loses_nothing,
};
pub use super::killed::{
    a_session_that_ends_behind_any_statement_loses_nothing,
    a_session_that_ends_behind_any_statement_of_a_down_loses_nothing,
};
pub use super::pooler::a_pooler_in_transaction_mode_may_stand_between;
pub use super::role::a_role_that_owns_only_its_schema_is_enough;
pub use super::runners::{
    a_runner_with_a_lower_target_disturbs_nobody, sixteen_runners_at_once_apply_each_version_once,
    two_runners_at_once_apply_each_version_once,
};
pub use super::unlucky::{
    a_stamp_that_is_gone_or_wrong_costs_nothing, rows_that_are_committed_meanwhile_are_not_lost,
    settings_of_the_session_change_nothing, two_installs_at_once_make_what_they_share_once,
    what_a_host_has_on_the_tables_is_not_lost,
};
pub use super::used::{rows_of_users_stay_or_their_loss_is_asked_for, rows_of_users_stay_when_sessions_are_terminated};
pub use super::versions::{
    all_ways_lead_to_the_same_schema, every_version_can_be_run_twice, every_version_goes_up_and_down_and_up_again,
    every_version_is_as_declared,
};
