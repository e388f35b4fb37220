"""What users of realtime libraries run into, and the tests that show that ours do not.

The first table is what people need, most painful first; the others are what protocols and libraries do in odd moments.
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

NEEDS: Mapping[str, tuple[str, ...]] = {
    "sessions die on drops and caps": (
        "faults/test_every_point.py::test_the_conversation_survives",
        "reducer/test_renewal.py::test_a_cap_is_not_waited_for",
        "test_reconnection.py::test_a_cut_turn_is_answered_on_the_next_connection",
        "reducer/test_reconnection.py::test_a_life_is_bounded",
        "parity/test_drops.py::test_whatever_was_under_way_comes_to_its_end",
        "parity/test_drops.py::test_a_call_that_is_open_holds_up_no_other_question",
    ),
    "barge-in stops the sound and truncates rightly": (
        "reducer/test_playback.py::test_truncation_obeys_its_rule_in_every_order",
        "reducer/test_playback.py::test_speech_over_unheard_sound_interrupts",
    ),
    "never two responses at once": (
        "reducer/test_protocol.py::test_two_responses_are_never_asked_for_at_once",
        "reducer/test_machine.py::test_every_step_keeps_the_rules",
        "reducer/test_losses.py::test_what_nobody_interrupts_is_answered",
        "reducer/test_stopping.py::test_what_is_asked_after_an_interruption_is_answered",
        "reducer/test_wanted.py::test_an_answer_to_something_else_is_none",
        "test_stopping.py::test_what_is_asked_after_an_interruption_is_answered",
    ),
    "benign errors end nothing and no flag sticks": (
        "reducer/test_connection.py::test_some_errors_are_none",
        "reducer/test_losses.py::test_nothing_gets_stuck",
        "test_verbs.py::test_an_error_of_the_server_does_not_end_the_session",
    ),
    "transcripts that are late, missing or out of order": (
        "reducer/test_user.py::test_each_message_is_there_once_in_any_order",
        "reducer/test_user.py::test_the_transcript_may_come_at_any_time",
        "reducer/test_user.py::test_speech_takes_its_place_before_its_words",
    ),
    "the agent does not interrupt itself by its echo": ("audio/test_echo.py::test_a_reply_never_hears_itself",),
    "tools that block, hang or answer twice": (
        "test_tool_calls.py::test_a_tool_that_takes_too_long_is_told_once",
        "test_tool_calls.py::test_no_interleaving_gives_two_outcomes",
        "reducer/test_tools.py::test_parallel_calls_are_one_round",
        "reducer/test_stopping.py::test_no_tool_is_run_after_an_interruption",
        "test_stopping.py::test_no_tool_is_run_after_the_stop",
        "test_stopping.py::test_the_model_does_not_speak_of_a_tool_that_was_stopped",
    ),
    "dialects of one protocol": (
        "reducer/test_dialects.py::test_both_dialects_give_the_same_state",
        "providers/openai_wire/test_decode.py::test_what_nobody_knows_is_passed_on",
    ),
    "failures are not swallowed": ("reducer/test_responses.py::test_a_failed_response_is_an_error",),
    "a clean close is a loss too": (
        "test_reconnection.py::test_a_cut_turn_is_answered_on_the_next_connection",
        "transports/test_websocket_endings.py::test_a_close_is_told_with_its_code",
    ),
    "reloads, closed tabs, second tabs": (
        "bindings/test_hook.py::test_a_closed_tab_ends_its_session",
        "bindings/test_hook.py::test_a_reload_keeps_the_conversation",
        "bindings/test_hook.py::test_another_tab_has_another_session",
    ),
    "deltas do not drown the page": ("bindings/test_coalescer.py::test_ten_thousand_values_a_second",),
    "the microphone of the visitor": ("bindings/contract/test_talking.py::test_what_is_said_becomes_a_conversation",),
    "what was heard and what was generated are both kept": (
        "reducer/test_conversation.py::test_a_truncated_item_keeps_its_words",
        "reducer/test_playback.py::test_the_model_is_told_what_was_heard_when_the_speaker_is_silent",
    ),
    "speaking ends when the sound has": ("test_sound.py::test_speaking_ends_when_the_speaker_has_drained",),
    "tokens are fresh and secret": (
        "test_reconnection.py::test_each_dial_has_a_token_of_its_own",
        "providers/test_providers.py::test_a_key_is_not_in_the_state",
        "test_credentials.py::test_what_holds_a_secret_shows_none",
    ),
    "usage by kind, cumulative or not": (
        "reducer/test_responses.py::test_usage_adds_up",
        "reducer/test_responses.py::test_cumulative_usage_is_not_added",
        "providers/google_wire/test_usage.py::test_usage_is_told_by_kind",
    ),
    "push-to-talk, and the microphone switched off": (
        "test_sound.py::test_a_key_pressed_by_mistake_says_nothing",
        "test_sound_capture.py::test_what_was_said_into_a_lost_connection_is_not_committed_on_the_next",
        "reducer/test_renewal.py::test_who_holds_a_key_down_is_not_cut_off",
        "test_voice_endings.py::test_a_question_is_answered_though_no_silence_follows",
        "test_voice_endings.py::test_a_page_that_is_closed_in_mid_word_leaves_no_open_turn",
        "test_voice_endings.py::test_a_microphone_that_goes_off_in_silence_says_nothing",
    ),
    "closing leaves nothing behind": (
        "test_session.py::test_closing_leaves_nothing_behind",
        "test_client.py::test_a_session_can_be_abandoned_at_any_moment",
    ),
    "text without any audio stack": ("test_public_surface.py::test_the_core_needs_no_extra",),
    "settings merge, and refusals are told": (
        "test_verbs.py::test_settings_are_merged",
        "reducer/test_settings.py::test_a_refused_change_is_an_error_and_not_kept",
    ),
}

PROTOCOLS: Mapping[int, tuple[str, ...]] = {
    1: (
        "reducer/test_requests.py::test_a_collision_before_the_response_is_known",
        "reducer/test_requests.py::test_a_collision_is_asked_again",
        "reducer/test_requests.py::test_a_collision_may_come_late",
        "reducer/test_stopping.py::test_an_interrupted_request_that_collides_is_over",
    ),
    2: ("reducer/test_connection.py::test_some_errors_are_none",),
    3: (
        "reducer/test_responses.py::test_cancelling_names_the_response",
        "test_verbs.py::test_interrupting_cancels_by_id_and_drops_the_rest",
    ),
    4: (
        "reducer/test_responses.py::test_a_response_can_be_stopped_before_it_has_an_id",
        "reducer/test_stopping.py::test_what_is_asked_after_an_interruption_is_answered",
        "reducer/test_stopping.py::test_nor_where_it_was_interrupted_before_it_began",
        "test_stopping.py::test_no_tool_is_run_after_the_stop",
    ),
    5: ("reducer/test_playback.py::test_a_speaker_cannot_have_played_more_than_there_was",),
    6: (
        "reducer/test_playback.py::test_what_was_not_heard_at_all_is_not_truncated",
        "reducer/test_reconnection.py::test_nothing_that_was_restored_is_truncated",
    ),
    7: ("reducer/test_playback.py::test_an_ordinary_turn_truncates_nothing",),
    8: ("reducer/test_playback.py::test_late_sound_of_an_interrupted_response_is_not_played",),
    9: (
        "reducer/test_user.py::test_the_transcript_may_come_at_any_time",
        "reducer/test_user.py::test_a_failed_transcription_settles_the_message",
    ),
    10: ("reducer/test_odd_errors.py::test_an_empty_buffer_ends_nothing",),
    11: (
        "reducer/test_odd_errors.py::test_an_expired_session_is_begun_anew",
        "faults/test_every_point.py::test_the_conversation_survives",
    ),
    12: (
        "reducer/test_settings.py::test_a_refused_change_is_an_error_and_not_kept",
        "reducer/test_odd_errors.py::test_a_locked_voice_is_told",
    ),
    13: (
        "reducer/test_settings.py::test_a_silent_change_is_an_error_with_its_field",
        "reducer/test_odd_errors.py::test_a_refused_tool_refuses_all_of_the_change",
    ),
    14: ("reducer/test_reconnection.py::test_history_is_told_in_writing",),
    15: (
        "faults/test_every_point.py::test_what_is_final_is_told",
        "reducer/test_settings.py::test_who_confirms_nothing_is_not_waited_for",
    ),
    16: ("reducer/test_responses.py::test_a_failed_response_is_an_error",),
    17: (
        "reducer/test_requests.py::test_a_collision_is_asked_again",
        "reducer/test_tools.py::test_the_output_goes_out_before_the_question",
    ),
    18: (
        "test_session.py::test_frames_on_their_way_are_not_the_next_connections",
        "test_reconnection.py::test_what_is_said_meanwhile_is_said_once",
    ),
    19: (
        "providers/test_dialect_sessions.py::test_xai_goes_on_with_a_conversation",
        "reducer/test_superseded.py::test_a_replayed_conversation_stays_as_it_is",
        "reducer/test_resumption.py::test_a_conversation_has_what_arrived_there",
    ),
    20: (
        "reducer/test_renewal.py::test_a_deadline_does_not_wait_for_silence",
        "test_gemini_connections.py::test_a_server_that_goes_away_is_left_in_time",
        "reducer/test_resumption.py::test_a_handle_knows_of_nothing_that_came_after_it",
    ),
    21: ("test_gemini_speech.py::test_an_interruption_ends_the_reply",),
    22: ("providers/google_wire/test_turns.py::test_what_was_said_is_the_transcription_put_together",),
    23: (
        "providers/google_wire/test_decode.py::test_thoughts_are_not_said",
        "test_gemini_recordings.py::test_thoughts_are_never_said",
    ),
    24: (
        "test_gemini_session.py::test_a_tool_is_called_and_answered_by_name",
        "test_gemini_session.py::test_a_cancelled_call_is_not_answered",
    ),
    25: ("providers/google_wire/test_usage.py::test_usage_adds_up_over_turns_and_not_within",),
    26: (
        "providers/google_wire/test_decode.py::test_both_notations_are_read",
        "test_connection.py::test_binary_frames_are_read",
    ),
    27: (
        "test_gemini_speech.py::test_a_microphone_of_another_rate_is_told",
        "providers/google_wire/test_encode.py::test_sound_says_its_rate",
    ),
    28: ("test_elevenlabs_session.py::test_sound_of_the_interruptions_own_id_is_the_next_reply",),
    29: ("providers/elevenlabs_wire/test_encode.py::test_a_ping_is_answered_with_its_number",),
    30: ("test_elevenlabs_session.py::test_an_interruption_tells_what_was_heard",),
    31: ("providers/elevenlabs_wire/test_encode.py::test_sound_has_no_type",),
    32: ("providers/elevenlabs_wire/test_encode.py::test_a_result_is_for_its_call",),
}

LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "websockets: a close is never silent": (
        "transports/test_websocket_endings.py::test_a_close_is_told_with_its_code",
    ),
    "websockets: large frames of sound": (
        "transports/test_websocket_endings.py::test_a_frame_of_two_mebibytes",
        "transports/test_websocket_endings.py::test_a_frame_beyond_the_limit",
    ),
    "websockets: a server that says Close and stays": (
        "transports/test_websocket_endings.py::test_a_server_that_says_close_and_stays",
    ),
    "reactivex: threads lose nothing": (
        "test_store.py::test_threads_lose_no_event",
        "bindings/test_coalescer.py::test_threads_may_produce",
    ),
    "soundcard: no server to import it with": (
        "audio/test_soundcards.py::test_a_failed_import_says_what_to_do",
        "audio/test_devices_lost.py::test_no_server_is_an_error_that_says_what_to_do",
    ),
    "soundcard: a device that dies plays faster than sound": (
        "audio/test_soundcards.py::test_a_speaker_faster_than_sound_is_lost",
        "audio/test_devices_lost.py::test_a_server_that_dies_while_playing_is_told",
    ),
    "soundcard: silence is soon, and the first sound may be late": (
        "audio/test_devices.py::test_a_flush_is_silence_soon",
        "audio/test_devices.py::test_a_speaker_may_take_its_time_to_begin",
    ),
}

ROWS: Mapping[str, tuple[str, ...]] = {
    **NEEDS,
    **{f"protocol {number}": named for number, named in PROTOCOLS.items()},
    **LIBRARIES,
}


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("row", ROWS)
def test_every_edge_case_has_its_tests(row: str) -> None:
    """The tests that are named for an edge case are there."""
    named = [each.partition("::") for each in ROWS[row]]
    assert named
    missing = [f"{path}::{name}" for path, _, name in named if name not in names_in(path)]
    assert missing == []


def test_no_edge_case_is_forgotten() -> None:
    """There are twenty-one needs, thirty-two oddities of protocols, and those of libraries."""
    assert (len(NEEDS), sorted(PROTOCOLS)) == (21, list(range(1, 33)))
    assert len(ROWS) >= 60
