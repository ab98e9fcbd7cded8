"""Speed of the draft checker on long official-looking text, beside a rival measured in the same run.

The rival is what an office has without Taizhang: cn2an rewriting every Chinese numeral of the text
(``cn2an.transform``), which reads figures only and relates none of them. Needs nothing but the package;
``--text FILE`` measures on a text of your own.

    python benchmarks/check_draft.py
"""

import argparse
import resource
import time
from pathlib import Path

import cn2an

from taizhang.proof import check, rules

SAMPLE = """（{n}）强化督查考核。坚持以人民为中心的发展思想，统筹发展和安全，持续巩固拓展脱贫攻坚成果同乡村振兴有效衔接，着力补短板、强弱项、固底板，
推动各项工作走深走实、落地见效。全年先后开展督导{a}次，发现问题{b}个，已整改{c}个，其余{d}个正在推进，整改率{r}%。
各单位坚持问题导向，压实工作责任，完善“日巡查、周调度、月通报”机制，切实把各项任务抓细抓实，形成齐抓共管、相互推进的良好局面。
深入实施创新驱动发展战略，加快构建现代化产业体系，推动传统产业转型升级，培育壮大新兴产业，完善企业全生命周期服务，激发各类经营主体活力。
健全公共文化服务体系，优化城乡文化资源配置，广泛开展群众性文化活动，满足人民群众多样化、多层次、多方面的精神文化需求；培训干部职工{e}人次。
加强生态环境保护治理，深入打好蓝天、碧水、净土保卫战，群众满意率由{p}.5%提高到{q}.5%，提高2个百分点。{n}月{m}日，召开推进会，
明确三项措施：一是加强领导，二是强化保障，三是严格考核。持续优化营商环境，推动政务服务提质增效，着力破解企业和群众反映的难点堵点问题。
严格落实安全生产责任制，常态化开展隐患排查治理，守牢不发生系统性风险的底线，受理诉求{f}件，办结{f}件，社会大局保持和谐稳定。
"""


def text_of(characters: int) -> str:
    parts, size = [], 0
    for n in range(1, 10**6):
        found = 20 + n % 60
        done = found - n % 7
        part = SAMPLE.format(
            n=n % 12 + 1,
            a=6 + n % 5,
            b=found,
            c=done,
            d=found - done,
            r=round(done / found * 100, 1),
            e=1000 + n,
            p=80 + n % 15,
            q=82 + n % 15,
            m=n % 28 + 1,
            f=300 + n,
        )
        parts.append(part.replace(f"（{n % 12 + 1}）", "") if n % 2 else part)
        size += len(part)
        if size >= characters:
            break
    return "".join(parts)[:characters]


def seconds(work, text: str, *, times: int) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        work(text)
        best = min(best, time.process_time() - start)
    return best


def run_gates(text: str) -> None:
    check(text, spelling=False)


def run_number_and_logic(text: str) -> None:
    check(text, gates=["number", "logic"])


def transform_numerals(text: str) -> None:
    cn2an.transform(text, "cn2an")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path)
    parser.add_argument("--characters", type=int, default=1_000_000)
    options = parser.parse_args()
    long = options.text.read_text(encoding="utf-8") if options.text else text_of(options.characters)
    rules()
    run_gates(long[:1000])
    short = long[:6000]
    tenth = long[: len(long) // 10]
    ours, rival = seconds(run_gates, tenth, times=3), seconds(transform_numerals, tenth, times=3)
    whole = seconds(run_gates, long, times=1)
    figures = seconds(run_number_and_logic, tenth, times=3)
    print(
        f"number and logic rules:       {len(tenth) / figures:,.0f} characters/s on {len(tenth):,} characters"
    )
    print(f"text, number and logic rules: {len(tenth) / ours:,.0f} characters/s on {len(tenth):,} characters")
    print(f"                              {len(long) / whole:,.0f} characters/s on {len(long):,} characters")
    print(f"a draft of {len(short):,} characters: {seconds(run_gates, short, times=5) * 1000:.0f} ms")
    print(f"cn2an.transform (reads figures, relates none): {len(tenth) / rival:,.0f} characters/s")
    print(f"ratio of speeds, ours to cn2an: {rival / ours:.2f}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
