"""Documents for the tests of every writer."""

import datetime as dt

from taizhang.documents.model import (
    Attachment,
    BulletList,
    Column,
    Document,
    FigureRun,
    Heading,
    NumberedList,
    Paragraph,
    Table,
    Text,
    TypedNumber,
    plain,
)

TALKS = FigureRun("1200余人次", "宣讲人次", "a1" * 32, "专题宣讲受教育人数")
SESSIONS = FigureRun("35次", "study.sessions", "b2" * 32, "中心组集体学习")
TABLED = FigureRun("320", "信息采用", "c3" * 32, "被采用")


def report(**changes: object) -> Document:
    """Return an annual report with a figure in a heading, a paragraph and a table."""
    content: dict[str, object] = {
        "title": "2023年宣传思想和意识形态工作总结",
        "blocks": (
            Heading(1, plain("2023年工作开展情况")),
            Heading(
                2, plain("强化组织领导。"), run_in=(Text("全年开展中心组集体学习"), SESSIONS, Text("。"))
            ),
            Paragraph((Text("受教育人数"), TALKS, Text("，另有"), TypedNumber("17人"), Text("参加。"))),
            NumberedList((plain("第一项"), plain("第二项"))),
            BulletList((plain("其一"),)),
            Table(
                (Column(), Column("right")),
                ((plain("指标"), plain("数值")),),
                ((plain("信息采用"), (TABLED,)),),
                plain("表1 主要数据"),
            ),
            Heading(1, plain("存在的问题")),
            Heading(2, plain("阵地管理不严")),
            Paragraph(plain("正文。")),
        ),
        "addressee": "区委宣传部",
        "issuer": "某某市自然资源局",
        "issued_on": dt.date(2023, 12, 5),
        "attachments": (Attachment("数据来源表", (Paragraph(plain("附件正文。")),)), Attachment("名单")),
        "note": "联系人：×××",
        "footer_lines": ("台账链头：0f3a",),
        "meta": {"report": "2023-1"},
    }
    return Document(**{**content, **changes})  # type: ignore[arg-type]


def with_paragraph(*inlines: object) -> Document:
    """Return a document of one paragraph."""
    return Document(title="标题", blocks=(Paragraph(tuple(inlines)),))  # type: ignore[arg-type]
