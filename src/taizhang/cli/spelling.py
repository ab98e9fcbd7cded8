"""``taizhang spelling``: teach the spelling model an organisation's own words, score it, make it anew."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from taizhang.cli import home
from taizhang.cli.language import pick, translator
from taizhang.core.messages import Message, gettext_noop

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _say(message: Message) -> None:
    click.echo(message.render(translator(pick())))


@click.group()
def spelling() -> None:
    """The spelling model of the text gate: learn, score, train. 错别字模型：学习本单位用语、评测、训练。"""


@spelling.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--terms",
    "terms_file",
    type=_FILE,
    help="A list of terms never to be doubted, parted by spaces or lines.",
)
@click.option(
    "--out",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; without it, own.spelling in TAIZHANG_HOME, which “check” and the page then use.",
)
def learn(files: tuple[Path, ...], terms_file: Path | None, out: Path | None) -> None:
    """Learn from FILES, the organisation's own final texts or folders of them, what is not to be doubted."""
    from taizhang.proof import own
    from taizhang.proof.spelling.learning import learn as learn_texts
    from taizhang.proof.spelling.model import parse_terms, save_learned

    target = out or home.path() / own.LEARNED
    texts = list(_texts(files))
    if not texts:
        _say(
            Message(
                gettext_noop("Nothing could be read, so nothing was learned. Name .docx, .txt or .md files.")
            )
        )
        sys.exit(2)
    terms = parse_terms(terms_file.read_text(encoding="utf-8")) if terms_file else frozenset[str]()
    target.parent.mkdir(parents=True, exist_ok=True)
    save_learned(target, learn_texts(texts, terms=terms))
    _say(
        Message(
            gettext_noop("Learned from {texts} texts, {characters} characters, and {terms} terms: {file}"),
            texts=len(texts),
            characters=sum(map(len, texts)),
            terms=len(terms),
            file=target,
        )
    )


def _texts(files: Iterable[Path]) -> Iterator[str]:
    """Texts of the files and of what lies in the folders; what cannot be read is told."""
    from taizhang.documents.reading import Unreadable, read_file

    for file in _within(files):
        try:
            yield read_file(file).text
        except Unreadable as error:
            _say(Message(gettext_noop("Left out {file}: {reason}"), file=file, reason=error.message))


def _within(files: Iterable[Path]) -> Iterator[Path]:
    for file in files:
        if file.is_dir():
            yield from sorted(path for path in file.rglob("*") if path.is_file() and path.name[0] not in ".~")
        else:
            yield file


@spelling.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--learned", type=_FILE, help="What “taizhang spelling learn” wrote.")
@click.option("--model", "model_file", type=_FILE, help="Another model than the shipped one.")
@click.option(
    "--every", is_flag=True, help="Score all sentences, also those the shipped model learned judging from."
)
def score(files: tuple[Path, ...], learned: Path | None, model_file: Path | None, every: bool) -> None:
    """Score the model on FILES: .jsonl, each line with the fields “wrong” and “right”."""
    from taizhang.proof.spelling import sentences
    from taizhang.proof.spelling.model import load, load_learned, shipped

    model = load(model_file) if model_file else shipped()
    model = model.knowing(load_learned(learned)) if learned else model
    for file in files:
        chosen = [each for each in sentences.read(file) if every or each.held_out]
        click.echo(f"{file.name}: {sentences.describe(model, chosen)}")


@spelling.command()
@click.argument("texts", nargs=-1, required=True, type=_FILE)
@click.option(
    "--sentences", multiple=True, required=True, type=_FILE, help=".jsonl with “wrong” and “right”."
)
@click.option(
    "--clean", multiple=True, required=True, type=_FILE, help="Texts without errors, for the threshold."
)
@click.option("--font", required=True, type=_FILE, help="A Chinese font, for likeness of shape.")
@click.option("--terms", "terms_file", type=_FILE, help="A list of terms that count as known words.")
@click.option(
    "--out", "-o", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
def train(
    texts: tuple[Path, ...],
    sentences: tuple[Path, ...],
    clean: tuple[Path, ...],
    font: Path,
    terms_file: Path | None,
    out: Path,
) -> None:
    """Make a model anew from TEXTS, official texts as .txt or .jsonl(.gz) with a field “text”.

    Needs the packages of the extra “spelling-train”. See docs/guide/en/spelling.md.
    """
    try:
        from taizhang.proof.spelling.train import recipe
    except ModuleNotFoundError as error:
        msg = Message(
            gettext_noop("Training needs the package “{package}”. Install taizhang[spelling-train]."),
            package=error.name,
        )
        raise click.ClickException(msg.render(translator(pick()))) from error
    from taizhang.proof.spelling.model import parse_terms

    terms = parse_terms(terms_file.read_text(encoding="utf-8")) if terms_file else frozenset[str]()
    ingredients = recipe.Ingredients(texts=texts, sentences=sentences, clean=clean, terms=terms, font=font)
    recipe.train(ingredients, out, report=click.echo)
