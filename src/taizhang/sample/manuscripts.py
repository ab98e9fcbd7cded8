"""The sample bureau's manuscripts: what each says, and everything that was done to it. All of it is invented."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from taizhang.sample.acts import Act
from taizhang.sample.organisation import CLERK, DEPUTY, HEAD, HEADS, OFFICERS, PROOFREADERS

PROOFREADER, SECOND_PROOFREADER = PROOFREADERS


@dataclass(frozen=True, kw_only=True)
class DeskAct(Act):
    """Something done at the desk to the manuscript ``key``."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Start(DeskAct):
    """A draft begun. ``authors`` share it evenly; ``embargo`` is on the office's clock."""

    unit: str
    type: str
    title: str
    body: str
    authors: tuple[str, ...]
    channels: tuple[str, ...]
    byline: str = ""
    embargo: dt.datetime | None = None
    has_picture: bool = False


@dataclass(frozen=True, kw_only=True)
class Submit(DeskAct):
    """The draft submitted; with ``replacing``, changed before: pairs of words and what stands in their place."""

    reason: str = ""
    replacing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Approve(DeskAct):
    station: str
    opinion: str = ""


@dataclass(frozen=True, kw_only=True)
class SendBack(DeskAct):
    station: str
    opinion: str


@dataclass(frozen=True, kw_only=True)
class CorrectProof(DeskAct):
    """Words replaced at a proof station."""

    station: str
    replacing: tuple[tuple[str, str], ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class Remark(DeskAct):
    """A comment on a passage."""

    quote: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Settle(DeskAct):
    """The comment on ``quote`` settled."""

    quote: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Publish(DeskAct):
    channel: str


@dataclass(frozen=True, kw_only=True)
class Reopen(DeskAct):
    """A correction begun; the draft then says what ``replacing`` makes of it, with a note to readers."""

    reason: str
    note: str
    replacing: tuple[tuple[str, str], ...]


def acts() -> Iterator[DeskAct]:
    """Yield everything done at the desk in the year."""
    yield from _science_week()
    yield from _greenhouse()
    yield from _experts()
    yield from _key_tasks()
    yield from _new_year_letter()
    yield from _summary()
    yield from _recognition()
    yield from _research_spending()
    yield from _small_firms()
    yield from _safety()
    yield from _vouchers()


def _day(month: int, day: int) -> dt.date:
    return dt.date(2023, month, day)


def _through(key: str, steps: tuple[tuple[str, str, tuple[int, int], int, str], ...]) -> Iterator[DeskAct]:
    """Yield approvals: station, by whom, on which day, at which minute, with what opinion."""
    for station, by, (month, day), minute, opinion in steps:
        yield Approve(key=key, station=station, by=by, on=_day(month, day), minute=minute, opinion=opinion)


def _paragraphs(*texts: str) -> str:
    return "".join(text if text.startswith("<") else f"<p>{text}</p>" for text in texts)


# Released: one with everything that can happen on the way, one with a picture, one that is being corrected


def _science_week() -> Iterator[DeskAct]:
    key, officer, head = "science-week", OFFICERS["GXK"], HEADS["GXK"]
    body = _paragraphs(
        "11月21日，市科技局在科技馆举办高新技术企业开放日活动，全市32家高新技术企业参加，3600余人次走进实验室和生产线。",
        "<h2>展品多</h2>",
        "活动展出新材料、智能制造、生物医药三个领域的成果128项，其中首次公开展示的41项。",
        "<h2>讲得明白</h2>",
        "每家企业派出一名工程师担任讲解员，把专业术语换成家常话。市第三中学的学生围着焊接机器人问个不停，讲解员现场拆开一只关节模组。",
        "开放日活动将每年举办一次，报名通道在市科技局门户网站长期开放。",
    )
    yield Start(
        key=key, by=officer, on=_day(11, 22), minute=9 * 60 + 10, unit="GXK", type="news",
        title="高新技术企业开放日：把实验室的门打开", body=body, authors=(officer, "KJ027"), channels=("site", "wechat"),
        byline="于洋　萧然",
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(11, 22), minute=11 * 60 + 5)
    yield Remark(
        key=key,
        by=head,
        on=_day(11, 22),
        minute=14 * 60 + 30,
        quote="3600余人次",
        text="这个数是签到数还是估计数？",
    )
    yield SendBack(
        key=key, by=head, on=_day(11, 22), minute=14 * 60 + 40, station="review1",
        opinion="人次请说明来源；“首次公开展示的41项”与展品清单不符，清单是43项，请核对后再报。",
    )  # fmt: skip
    yield Settle(
        key=key, by=officer, on=_day(11, 23), minute=9 * 60 + 5, quote="3600余人次", answer="按门岗签到统计。"
    )
    yield Submit(
        key=key, by=officer, on=_day(11, 23), minute=9 * 60 + 20, reason="人次按签到数，首展成果改为43项",
        replacing=(("首次公开展示的41项", "首次公开展示的43项"), ("3600余人次", "签到3600余人次")),
    )  # fmt: skip
    yield from _through(key, (("review1", head, (11, 23), 10 * 60 + 30, "数字已核，同意。"),))
    yield CorrectProof(
        key=key, by=PROOFREADER, on=_day(11, 23), minute=15 * 60, station="proof1", reason="语序",
        replacing=(("讲解员现场拆开一只关节模组", "讲解员当场拆开了一只关节模组"),),
    )  # fmt: skip
    yield from _through(
        key,
        (
            ("proof1", PROOFREADER, (11, 23), 15 * 60 + 20, "校改一处。"),
            ("review2", DEPUTY, (11, 24), 9 * 60 + 40, "同意。"),
            ("proof2", PROOFREADER, (11, 24), 10 * 60 + 50, ""),
            ("review3", HEAD, (11, 24), 16 * 60 + 10, "同意发布。"),
            ("proof3", SECOND_PROOFREADER, (11, 27), 9 * 60 + 15, "已诵读。"),
            ("sign", DEPUTY, (11, 27), 9 * 60 + 50, "签发。"),
        ),
    )
    yield Publish(key=key, by=CLERK, on=_day(11, 27), minute=10 * 60 + 5, channel="site")
    yield Publish(key=key, by=CLERK, on=_day(11, 27), minute=10 * 60 + 20, channel="wechat")


def _greenhouse() -> Iterator[DeskAct]:
    key, officer = "greenhouse", "KJ031"
    body = _paragraphs(
        "立冬过后，青禾镇的草莓大棚里，科技特派员蔡敏正教种植户调整滴灌带的间距。",
        "今年以来，全市选派科技特派员86名，下沉42个乡镇，推广新品种、新技术57项，解答技术问题1300余个。",
        "“以前靠天，现在靠数。”种植户老韩指着墙上的湿度计说。他家的大棚去年换了水肥一体化设备，用水省了三成。",
        "市科技局将继续选派特派员驻点服务，每季度公布一次服务清单。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 4), minute=9 * 60, unit="NCK", type="news", title="科技特派员把课堂搬进大棚",
        body=body, authors=(officer,), channels=("site",), byline="蔡敏", has_picture=True,
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 4), minute=10 * 60 + 30)
    yield from _through(
        key,
        (
            ("review1", HEADS["NCK"], (12, 4), 15 * 60, "鲜活，同意。"),
            ("proof1", PROOFREADER, (12, 5), 9 * 60 + 10, ""),
            ("review2", DEPUTY, (12, 5), 14 * 60 + 20, "同意。"),
            ("proof2", PROOFREADER, (12, 6), 9 * 60, ""),
            ("review3", HEAD, (12, 6), 11 * 60, "同意。"),
            ("proof3", SECOND_PROOFREADER, (12, 6), 15 * 60 + 5, "已诵读。"),
            ("sign", DEPUTY, (12, 7), 9 * 60 + 30, ""),
        ),
    )
    yield Publish(key=key, by=CLERK, on=_day(12, 7), minute=9 * 60 + 45, channel="site")


def _experts() -> Iterator[DeskAct]:
    key, officer, head = "experts", OFFICERS["RCK"], HEADS["RCK"]
    body = _paragraphs(
        "12月8日，市科技局召开在景外国专家座谈会，来自9家单位的14名外国专家就生活服务、项目申报提出意见建议22条。",
        "市科技局现场答复16条，其余6条列出清单，由外国专家与科技人才科逐条办理，办理结果向专家本人反馈。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 11), minute=9 * 60, unit="RCK", type="notice", title="在景外国专家座谈会召开",
        body=body, authors=(officer,), channels=("site",), byline="范宇",
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 11), minute=9 * 60 + 40)
    yield from _through(
        key,
        (
            ("review", head, (12, 11), 14 * 60, "同意。"),
            ("proof", PROOFREADER, (12, 12), 9 * 60 + 20, ""),
            ("sign", DEPUTY, (12, 12), 10 * 60, "签发。"),
        ),
    )
    yield Publish(key=key, by=CLERK, on=_day(12, 12), minute=10 * 60 + 30, channel="site")
    yield Reopen(
        key=key, by=officer, on=_day(12, 27), minute=10 * 60, reason="参会专家人数应为15名",
        note="2023年12月28日更正：参会外国专家应为15名，原文误作14名。", replacing=(("14名外国专家", "15名外国专家"),),
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 27), minute=10 * 60 + 20, reason="更正人数")
    yield from _through(key, (("review", head, (12, 28), 9 * 60 + 10, "情况属实，同意更正。"),))


# Passed, and on its way


def _new_year_letter() -> Iterator[DeskAct]:
    key, officer = "new-year", OFFICERS["BGS"]
    body = _paragraphs(
        "全市科技工作者：",
        "新年将至，市科学技术局向辛勤工作在科研、生产、教学和服务一线的同志们致以诚挚的问候。",
        "一年来，大家把论文写在车间里、田野上，攻关、转化、科普样样在行，一批成果从图纸变成了产品。",
        "新的一年，我们将把服务做得更细，把办事流程再减一减，让科技工作者把时间用在科研上。",
        "祝大家新年快乐，阖家幸福。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 20), minute=9 * 60, unit="BGS", type="news", title="致全市科技工作者的新年慰问信",
        body=body, authors=(officer,), channels=("site", "wechat"), byline="景澜市科学技术局",
        embargo=dt.datetime(2024, 1, 1, 8, 0),  # noqa: DTZ001 - the builder puts it on the office's clock
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 20), minute=11 * 60)
    yield from _through(
        key,
        (
            ("review1", HEADS["BGS"], (12, 20), 16 * 60, "同意。"),
            ("proof1", PROOFREADER, (12, 21), 9 * 60 + 10, ""),
            ("review2", DEPUTY, (12, 22), 10 * 60, "语言朴实，同意。"),
            ("proof2", PROOFREADER, (12, 22), 14 * 60 + 30, ""),
            ("review3", HEAD, (12, 25), 9 * 60 + 30, "同意，元旦当天发。"),
            ("proof3", SECOND_PROOFREADER, (12, 26), 9 * 60 + 40, "已全文诵读。"),
            ("sign", DEPUTY, (12, 26), 14 * 60, "签发。"),
        ),
    )


def _key_tasks() -> Iterator[DeskAct]:
    """At the third review, after an edit that voided two approvals."""
    key, officer = "key-tasks", OFFICERS["ZYK"]
    body = _paragraphs(
        "12月19日，市科技局召开重点工作调度会，逐项梳理2023年收尾任务，安排2024年第一季度工作。",
        "会议明确，一季度重点抓好三件事：科技计划项目集中验收、创新平台年度绩效评价、科技型企业培育入库。",
        "会议要求，各科室每月5日前报送进展，办公室每月通报一次，未完成事项在下次调度会上说明原因。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 20), minute=9 * 60 + 20, unit="ZYK", type="government",
        title="市科技局调度年末收尾工作和明年一季度重点任务", body=body, authors=(officer,), channels=("outside",), byline="谢雯",
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 20), minute=10 * 60)
    yield from _through(
        key,
        (
            ("review1", HEADS["ZYK"], (12, 20), 15 * 60 + 10, "同意。"),
            ("proof1", PROOFREADER, (12, 21), 10 * 60, ""),
            ("review2", DEPUTY, (12, 21), 16 * 60, "同意，时间节点再核一下。"),
        ),
    )
    yield Submit(
        key=key, by=officer, on=_day(12, 22), minute=9 * 60, reason="报送时间改为每月3日前",
        replacing=(("各科室每月5日前报送进展", "各科室每月3日前报送进展"),),
    )  # fmt: skip
    yield from _through(
        key,
        (
            ("review1", HEADS["ZYK"], (12, 22), 11 * 60, "同意修改。"),
            ("proof1", PROOFREADER, (12, 22), 15 * 60, ""),
            ("review2", DEPUTY, (12, 26), 10 * 60 + 20, "同意。"),
            ("proof2", PROOFREADER, (12, 27), 9 * 60 + 30, ""),
        ),
    )


def _summary() -> Iterator[DeskAct]:
    """At the first proof with findings to be decided."""
    key, officer, head = "summary", OFFICERS["RSK"], HEADS["RSK"]
    body = _paragraphs(
        "2023年，市科技局党组围绕理论学习、支部建设、干部培训三条线推进党建工作。",
        "<h2>学在经常</h2>",
        "全年开展集体学习35次，其中专题研讨9次、专题辅导28次，党员参学率达到98.6%。",
        "<h2>抓在支部</h2>",
        "4个支部共开展主题党日48次，讲党课5次，走访慰问老党员21人次。",
        "<table><tbody><tr><th>支部</th><th>主题党日</th></tr><tr><td>第一党支部</td><td>12</td></tr>"
        "<tr><td>第二党支部</td><td>12</td></tr><tr><td>第三党支部</td><td>12</td></tr>"
        "<tr><td>第四党支部</td><td>11</td></tr><tr><td>合计</td><td>48</td></tr></tbody></table>",
        "<h2>练在岗位</h2>",
        "组织干部培训6期，培训干部210余人次。。下一步，将把学习成果转化为服务企业的具体办法。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 26), minute=9 * 60 + 30, unit="RSK", type="party_building",
        title="市科技局2023年党建工作综述", body=body, authors=(officer, "KJ013"), channels=("site", "outside"), byline="方圆　吴倩",
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 27), minute=9 * 60 + 15)
    yield from _through(key, (("review1", head, (12, 28), 14 * 60 + 30, "内容全面，数字请校对把关。"),))


def _recognition() -> Iterator[DeskAct]:
    """At the second review, with time left."""
    key, officer, head = "recognition", "KJ028", HEADS["GXK"]
    body = _paragraphs(
        "省科技厅近日公布2023年第三批高新技术企业认定名单，我市46家企业通过认定，其中首次认定19家，重新认定27家。",
        "至此，全市有效期内高新技术企业达到218家，比上年净增31家。",
        "市高新技术科将组织首次认定企业开展政策辅导，帮助企业用好研发费用加计扣除等政策。",
    )
    yield Start(
        key=key, by=OFFICERS["GXK"], on=_day(12, 26), minute=10 * 60, unit="GXK", type="government",
        title="我市46家企业通过2023年第三批高新技术企业认定", body=body, authors=(officer,),
        channels=("site", "outside"), byline="程浩",
    )  # fmt: skip
    yield Submit(key=key, by=OFFICERS["GXK"], on=_day(12, 26), minute=10 * 60 + 40)
    yield from _through(
        key,
        (
            ("review1", head, (12, 27), 9 * 60, "同意。"),
            ("proof1", PROOFREADER, (12, 28), 10 * 60 + 15, ""),
        ),
    )


def _research_spending() -> Iterator[DeskAct]:
    """At the first review of the section head who has an account, with findings in it."""
    key, officer = "research-spending", OFFICERS["GXK"]
    body = _paragraphs(
        "近期，高新技术科走访调研58家规模以上工业企业，其中设立研发机构的63家。",
        "从行业看，装备制造24家、新材料18家、生物医药16家，研发投入强度平均为3.2%，比上年提高0.4个百分点。",
        "企业反映较多的是人才难引、设备共享不足两个问题。建议加快大型仪器共享平台建设，把预约时间压缩到3个工作日以内。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 28), minute=9 * 60, unit="GXK", type="party_committee",
        title="规上工业企业研发投入情况调研", body=body, authors=(officer,), channels=("outside",), byline="于洋",
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 28), minute=15 * 60 + 10)


def _small_firms() -> Iterator[DeskAct]:
    """Sent back to the officer who has an account."""
    key, officer, head = "small-firms", OFFICERS["GXK"], HEADS["GXK"]
    body = _paragraphs(
        "截至12月20日，全市科技型中小企业入库312家，提前完成全年任务。",
        "高新技术科建立“企业申报、科室初审、集中会审”流程，平均办理时间由9天压缩到4天。",
        "下一步将对入库企业逐家建档，跟踪服务。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 21), minute=9 * 60, unit="GXK", type="government", title="全市科技型中小企业入库突破三百家",
        body=body, authors=(officer,), channels=("site", "outside"), byline="于洋",
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 21), minute=10 * 60 + 10)
    yield from _through(
        key,
        (
            ("review1", head, (12, 21), 16 * 60 + 20, "同意。"),
            ("proof1", PROOFREADER, (12, 22), 9 * 60 + 20, ""),
        ),
    )
    yield Remark(
        key=key, by=DEPUTY, on=_day(12, 26), minute=15 * 60, quote="提前完成全年任务",
        text="全年任务是多少家？写出来，读者才知道“提前”了多少。",
    )  # fmt: skip
    yield SendBack(
        key=key, by=DEPUTY, on=_day(12, 26), minute=15 * 60 + 10, station="review2",
        opinion="补上全年任务数和上年同期数；“4天”的统计口径请与政务服务窗口核对一致。",
    )  # fmt: skip


def _safety() -> Iterator[DeskAct]:
    """Overdue at the first review of another section."""
    key, officer = "safety", OFFICERS["CGK"]
    body = _paragraphs(
        "12月25日，成果转化与区域创新科联合市应急管理局，对7家科技企业孵化器开展年末安全检查，发现问题隐患11处，现场整改8处。",
        "其余3处已下达整改通知，要求12月31日前完成，届时逐处复查。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 26), minute=9 * 60, unit="CGK", type="government", title="科技企业孵化器年末安全检查查改隐患11处",
        body=body, authors=(officer,), channels=("outside",), byline="魏薇",
    )  # fmt: skip
    yield Submit(key=key, by=officer, on=_day(12, 26), minute=9 * 60 + 50)


def _vouchers() -> Iterator[DeskAct]:
    """Being written by the officer who has an account."""
    key, officer = "vouchers", OFFICERS["GXK"]
    body = _paragraphs(
        "<h2>什么是科技创新券</h2>",
        "科技创新券是政府向中小企业发放的电子凭证，可用来支付检验检测、仪器共享等服务费用。",
        "<h2>怎么申领</h2>",
        "在市科技局门户网站“创新券”栏目登记，3个工作日内审核。",
    )
    yield Start(
        key=key, by=officer, on=_day(12, 28), minute=16 * 60, unit="GXK", type="news", title="科技创新券政策问答",
        body=body, authors=(officer,), channels=("site",), byline="于洋",
    )  # fmt: skip
