"""The two immutable sequences, against plain lists."""

import threading
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.sequences import CHUNK, TAIL, Ring, Thread


class Thing(NamedTuple):
    id: str
    version: int = 0


def things(count: int) -> list[Thing]:
    return [Thing(f"t{number}") for number in range(count)]


@pytest.mark.parametrize("length", [0, 1, CHUNK, CHUNK + 1, TAIL, TAIL + 1, 500])
def test_both_read_like_tuples(length: int) -> None:
    """Length, indexes, slices, membership, iteration both ways, equality and hash are those of a tuple."""
    expected = tuple(things(length))
    for sequence in (Thread(expected), Ring(1000, expected)):
        assert len(sequence) == length
        assert sequence == expected
        assert sequence == list(expected)
        assert hash(sequence) == hash(expected)
        assert tuple(sequence) == expected
        assert tuple(reversed(sequence)) == tuple(reversed(expected))
        assert [sequence[i] for i in range(-length, length)] == [expected[i] for i in range(-length, length)]
        assert sequence[1:-1:2] == expected[1:-1:2]
        assert all(thing in sequence for thing in expected)


@pytest.mark.parametrize("sequence", [Thread(things(3)), Ring(5, things(3))])
def test_an_index_outside_is_named(sequence: Thread[Thing] | Ring[Thing]) -> None:
    """An index outside is an IndexError that says the index and the length."""
    with pytest.raises(IndexError, match=r"index 3 out of range \(length 3\)"):
        sequence[3]
    with pytest.raises(IndexError, match="index -4"):
        sequence[-4]


def test_other_things_are_not_equal() -> None:
    """A sequence is equal to no set and to no sequence with other items."""
    assert Thread(things(2)) != Thread(things(3))
    assert Thread(things(2)) != set(things(2))


@pytest.mark.parametrize("length", [1, 40, 200])
def test_a_change_leaves_the_old_version_alone(length: int) -> None:
    """What was read from a thread is read from it again after it was changed at any place."""
    before = Thread(things(length))
    expected = tuple(before)
    for index in {0, length // 2, length - 1}:
        before.set(index, Thing(expected[index].id, 1))
        before.insert(index, Thing("new"))
        before.remove(index)
    before.append(Thing("another"))
    assert before == expected
    assert all(before.find(thing.id) == position for position, thing in enumerate(expected))


def test_unchanged_items_stay_the_same_objects() -> None:
    """Replacing one item of a thread keeps the identity of all others."""
    before = Thread(things(100))
    after = before.set(50, Thing("t50", 1))
    assert [i for i in range(100) if after[i] is not before[i]] == [50]


def test_conversations_that_begin_empty_share_nothing() -> None:
    """Two threads, and two rings, that grow from one empty one have no storage in common."""
    empty: Thread[Thing] = Thread()
    one, other = empty.append(Thing("a")), empty.append(Thing("b"))
    assert one._rest.where is not other._rest.where
    assert empty._rest.where == {}
    nothing: Ring[int] = Ring(5)
    first = nothing.push(1)
    assert first._block.items is not nothing._block.items
    assert nothing.push(2)._block is not first._block


def test_an_unknown_id_is_nowhere() -> None:
    """An id that no item has is at -1 and gets None, in a removed item's case too."""
    thread = Thread(things(3))
    shorter = thread.remove(1)
    assert (thread.find("x"), thread.get("x")) == (-1, None)
    assert (shorter.find("t1"), shorter.get("t1")) == (-1, None)
    assert thread.get("t1") == Thing("t1")


def test_a_thread_goes_on_when_all_of_its_tail_is_removed() -> None:
    """A thread whose only item behind the chunks is removed is those chunks, and grows behind them."""
    shorter = Thread(things(CHUNK + 1)).remove(CHUNK)
    assert shorter == things(CHUNK)
    assert shorter.append(Thing("new")) == [*things(CHUNK), Thing("new")]


def apply(thread: Thread[Thing], model: list[Thing], step: tuple[str, int], fresh: str) -> Thread[Thing]:
    """One change, to the thread and to the list that it must equal."""
    verb, number = step
    if verb == "append" or not model:
        model.append(Thing(fresh))
        return thread.append(Thing(fresh))
    index = number % len(model)
    match verb:
        case "set":
            model[index] = Thing(model[index].id, model[index].version + 1)
            return thread.set(index, model[index])
        case "rename":
            model[index] = Thing(fresh)
            return thread.set(index, model[index])
        case "insert":
            index = number % (len(model) + 1)
            model.insert(index, Thing(fresh))
            return thread.insert(index, Thing(fresh))
        case _:
            del model[index]
            return thread.remove(index)


STEPS = st.tuples(st.sampled_from(["append", "append", "set", "rename", "insert", "remove"]), st.integers(0, 10_000))


@given(
    start=st.sampled_from([0, 1, CHUNK, CHUNK + 1, TAIL - 1, TAIL, TAIL + 1, 200]),
    steps=st.lists(st.tuples(st.integers(0, 100), STEPS), max_size=60),
)
def test_a_thread_is_a_list_that_never_changes(start: int, steps: list[tuple[int, tuple[str, int]]]) -> None:
    """After any changes from any old version, every version of a thread equals its own list and finds its own ids."""
    versions = [(Thread(things(start)), things(start))]
    for number, (which, step) in enumerate(steps):
        thread, model = versions[which % len(versions)]
        model = list(model)
        versions.append((apply(thread, model, step, f"n{number}"), model))
    everyone = {thing.id for _, model in versions for thing in model}
    for thread, model in versions:
        assert thread == model
        positions = {thing.id: position for position, thing in enumerate(model)}
        assert {known: thread.find(known) for known in everyone} == {
            known: positions.get(known, -1) for known in everyone
        }


@given(
    maxlen=st.integers(0, 140),
    start=st.integers(0, 200),
    pushes=st.lists(st.integers(0, 1000), max_size=200),
)
def test_a_ring_keeps_the_last_of_what_was_pushed(maxlen: int, start: int, pushes: list[int]) -> None:
    """Pushing to any old version of a ring gives the last items of that version and the new one, never more."""
    kept = list(range(start))[-maxlen:] if maxlen else []
    versions: list[tuple[Ring[int], list[int]]] = [(Ring(maxlen, range(start)), kept)]
    for number, which in enumerate(pushes):
        # Mostly the latest version, as a store does, and sometimes any other.
        ring, model = versions[-1 if which % 4 else which % len(versions)]
        versions.append((ring.push(1000 + number), [*model, 1000 + number][-maxlen:] if maxlen else []))
    assert all(ring == model for ring, model in versions)


def test_a_ring_releases_what_it_no_longer_shows() -> None:
    """A ring of 100 keeps at most 114 things alive, however many were pushed."""
    ring: Ring[object] = Ring(100)
    alive: list[int] = []
    for _ in range(1_000):
        ring = ring.push(object())
        alive.append(sum(len(chunk) for chunk in ring._block.chunks) + len(ring._block.items))
    assert len(ring) == 100
    assert max(alive) <= 114


def test_pushing_does_not_copy_the_window() -> None:
    """A push to a ring of 10,000 makes at most one new chunk of 8 and shares all others."""
    ring = Ring(10_000, range(10_000))
    for number in range(100):
        after = ring.push(number)
        known = {id(chunk) for chunk in ring._block.chunks}
        assert sum(id(chunk) not in known for chunk in after._block.chunks) <= 1
        assert (after[-1], after[0], len(after)) == (number, ring[1], 10_000)
        ring = after


def test_a_ring_of_nothing_stays_empty() -> None:
    """A ring of length 0 gives itself back when something is pushed."""
    ring: Ring[int] = Ring(0)
    assert ring.push(1) is ring
    assert ring == ()


def test_a_ring_of_less_than_nothing_is_refused() -> None:
    """A negative length is a ValueError that names it."""
    with pytest.raises(ValueError, match="-1"):
        Ring(-1)


def test_threads_may_extend_one_version() -> None:
    """Many threads pushing to the same version of a ring each get their own item behind the shared ones."""
    base = Ring(64, range(10))
    wrong: list[int] = []
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for turn in range(2_000):
            mine = base.push(number)
            if tuple(mine) != (*range(10), number) or mine.push(turn)[-1] != turn:
                wrong.append(number)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(100, 108)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []
    assert base == tuple(range(10))
