"""Everything is killed, frozen and cut off while work is in flight; then it is checked that nothing got lost.

    python benchmarks/chaos.py --rounds 30 --seed 7

A round makes three schedulers, then starts and stops one, creates a fourth, uploads, replays, lets windows fall due and
reads, all at once, while one or two pieces of the stack are taken away and come back. What was acknowledged must be
there in the end, once, and equal to what an undisturbed run gives. The same seed draws the same blows.
"""

import argparse
import sys
from random import Random

from support.chaos.rounds import Outcome, draw, play, prepare
from support.chaos.stack import whole_stack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how many (3)")
    parser.add_argument("--seed", type=int, default=7, help="of the chances (7)")
    parser.add_argument("--blows", nargs="*", help="what to do in every round, such as `kill redis`")
    chosen = parser.parse_args()
    chance, failed = Random(chosen.seed), 0
    print(f"seed {chosen.seed}: {chosen.rounds} rounds\n{_HEAD}", flush=True)
    with whole_stack() as stack:
        field = prepare(stack, stack.new_key())
        for number in range(1, chosen.rounds + 1):
            outcome = play(field, number, tuple(chosen.blows or draw(chance)), chance)
            failed += bool(outcome.violations)
            print(_line(outcome), flush=True)
    print(f"{chosen.rounds - failed} of {chosen.rounds} rounds: nothing lost, nothing twice")
    sys.exit(1 if failed else 0)


_HEAD = f"{'round':>5}  {'taken away':44}{'for':>6}  {'acknowledged':44}{'answers':44}{'took':>6}"


def _line(outcome: Outcome) -> str:
    taken = ", ".join(outcome.blows)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.acknowledged.items()))
    answers = ", ".join(f"{count} x {status or 'none'}" for status, count in sorted(outcome.answers.items()))
    text = f"{outcome.number:>5}  {taken:44}{outcome.away_seconds:5.1f}s  {kinds:44}{answers:44}{outcome.seconds:5.1f}s"
    return "\n".join([text, *(f"       WRONG: {sentence}" for sentence in outcome.violations)])


if __name__ == "__main__":
    main()
