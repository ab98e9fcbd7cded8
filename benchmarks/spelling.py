"""The spelling model against its rivals: sentence correction F1, false flags in clean text, speed; all in one run.

    python benchmarks/spelling.py [--sentences DIR] [--rivals] [--few N]

DIR holds ``*.jsonl`` with the fields ``wrong`` and ``right`` (as ``../shared/data/spelling`` does where it is laid
out); only the part that the model was not fitted to is scored. Rivals are what installs from the package index
without downloading weights, see ``spelling_rival.py``; they are slow, so they are scored on the first 60 sentences
(``--few``), and the model on the same ones beside them.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path

import spelling_rival

from taizhang.proof import spelling
from taizhang.proof.spelling.sentences import Sentence, read

SHARED = Path(__file__).parents[2] / "shared" / "data" / "spelling"
TEXT = (
    "为了规范信息报送工作，提高信息质量，根据有关规定，结合本单位实际，制定本办法。各科室应当明确一名信息员，"
    "负责本科室信息的收集、整理和报送，报送的信息应当真实、准确、及时，不得瞒报、漏报、迟报。"
    "办公室负责对各科室报送的信息进行审核，并按季度通报采用情况，年终进行考核评比，对先进集体和个人予以表扬。\n"
)
FEW = 60

Corrector = Callable[[str], str]


def ours(text: str) -> str:
    for suspect in reversed(spelling.find(text)):
        text = text[: suspect.start] + suspect.right + text[suspect.end :]
    return text


def line(name: str, correct: Corrector, sentences: list[Sentence]) -> str:
    exact = touched = faulty = flags = characters = 0
    begun = time.perf_counter()
    for sentence in sentences:
        fixed = correct(sentence.wrong)
        faulty += sentence.wrong != sentence.right
        touched += fixed != sentence.wrong
        exact += fixed == sentence.right != sentence.wrong
        characters += len(sentence.wrong)
        flags += sum(a != b for a, b in zip(fixed, sentence.wrong, strict=False))
    took = time.perf_counter() - begun
    precision, recall = exact / max(touched, 1), exact / max(faulty, 1)
    f1 = 2 * precision * recall / (precision + recall) if exact else 0.0
    return (
        f"  {name:36} F1 {100 * f1:5.1f}  P {100 * precision:5.1f}  R {100 * recall:5.1f}  "
        f"changed {flags * 10_000 / characters:6.2f} in 10,000  {characters / took:9,.0f} characters/s, one by one"
    )


def accuracy(folder: Path, *, with_rivals: bool, few: int) -> None:
    others = list(spelling_rival.correctors()) if with_rivals else []
    for path in sorted(folder.glob("*.jsonl")):
        sentences = [each for each in read(path) if each.held_out]
        print(f"{path.name}: {len(sentences)} sentences held out")
        print(line("taizhang, both tiers", ours, sentences))
        if others:
            print(line(f"taizhang, the first {few}", ours, sentences[:few]))
        must = sum(flag.tier == "must" for each in sentences for flag in spelling.find(each.wrong))
        print(
            f"  {'taizhang, must-fix flags':36} {must * 10_000 / sum(len(each.wrong) for each in sentences):.2f} in 10,000"
        )
        for name, correct in others:
            print(line(name, correct, sentences[:few]), flush=True)


def speed(folder: Path) -> None:
    """Whole documents: held-out sentences where there are any, else one paragraph over and over."""
    files = sorted(folder.glob("*.jsonl"))
    text = "\n".join(each.wrong for path in files for each in read(path) if each.held_out) or TEXT * 3_000
    spelling.find(TEXT)
    for size in (6_000, 60_000, 600_000):
        part = (text * (size // len(text) + 1))[:size]
        begun = time.process_time()
        spelling.find(part)
        took = time.process_time() - begun
        print(f"{size:9,} characters: {took:6.2f} s, {size / took:9,.0f} characters/s")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=Path, default=SHARED)
    parser.add_argument("--rivals", action="store_true", help="score the installed rivals too (slow)")
    parser.add_argument("--few", type=int, default=FEW, help="sentences of each set for the rivals")
    given = parser.parse_args()
    begun = time.perf_counter()
    spelling.shipped()
    print(f"model read in {1000 * (time.perf_counter() - begun):.0f} ms")
    speed(given.sentences)
    accuracy(given.sentences, with_rivals=given.rivals, few=given.few)


if __name__ == "__main__":
    main()
