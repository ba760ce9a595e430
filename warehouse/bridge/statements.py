"""What the bridge has to know of a statement before the engine sees it.

The engine parses SQL; this module only splits it into tokens, to find where an INSERT's data
begins, where a FORMAT clause stands, and what may not be asked for over HTTP. It works on bytes,
since what follows the head of an INSERT can be anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from warehouse.bridge.errors import ClickHouseError

_TOKEN = re.compile(
    rb"""
      (?P<space> \s++ | --[^\n]*+ | \#[ !][^\n]*+ | /\*(?:[^*]++|\*(?!/))*+(?:\*/)? )
    | (?P<string> '(?:[^'\\]++|\\.|'')*+'? | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<name> [A-Za-z_][A-Za-z0-9_$]*+ | "(?:[^"\\]++|\\.|"")*+"? | `(?:[^`\\]++|\\.|``)*+`? )
    | (?P<number> [0-9][A-Za-z0-9_.]*+ )
    | (?P<symbol> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_BEFORE_TABLE = (b"", b"INSERT", b"INTO", b"TABLE", b"FUNCTION", b".")
_DEPTH = {b"(": 1, b"[": 1, b"{": 1, b")": -1, b"]": -1, b"}": -1}


@dataclass(frozen=True)
class Token:
    """One token; `word` is its text in upper case if it can be a keyword, else empty."""

    kind: str
    text: bytes
    word: bytes
    start: int
    end: int
    depth: int


@dataclass(frozen=True)
class InputCall:
    """Where a statement's SQL calls the table function input(), and the columns that it names."""

    start: int
    end: int
    structure: str


@dataclass(frozen=True)
class Statement:
    """One statement, without its FORMAT clause and closing semicolon.

    Attributes:
        verb: First keyword, in upper case.
        sql: What the engine is to run.
        format: Name in the FORMAT clause ("Values" for VALUES), if there is one.
        data: Where the data of an INSERT begins in the text, if it brings data with it.
        input: What reads that data, if it is not the INSERT itself.
        text: The statement as it came, if it brings no data.
    """

    verb: str
    sql: bytes
    format: str | None
    data: int | None = None
    input: InputCall | None = None
    text: bytes = b""

    def reading_from(self, table: str) -> bytes:
        """The SQL with a table in the place of input()."""
        assert self.input  # noqa: S101 - asked for only if there is one
        return self.sql[: self.input.start] + table.encode() + self.sql[self.input.end :]


def parse_literals(text: bytes) -> bytes:
    """Check an INSERT … VALUES as any other statement, and return it without its semicolon.

    Its literals may be expressions, and the engine goes on after a semicolon.
    """
    return _parse_other(text).text


def parse(text: bytes) -> Statement:
    """Read a statement; of one that brings data, the data is not looked at.

    Raises:
        ClickHouseError: For several statements, and for what acts on the bridge's own files.
    """
    first = next(_tokens(text), None)
    if first is None or first.text == b";":
        raise ClickHouseError(62, "SYNTAX_ERROR", "Syntax error: Empty query.")
    if first.word == b"WITH":
        first = _insert_after_with(text) or first
    if first.word == b"INSERT":
        return _parse_insert(text, first.start)
    return _parse_other(text)


def _tokens(text: bytes, start: int = 0) -> Iterator[Token]:
    depth = 0
    for match in _TOKEN.finditer(text, start):
        kind = match.lastgroup or ""
        if kind == "tag":
            kind = "string"
        if kind == "space":
            continue
        value = match[0]
        step = _DEPTH.get(value, 0)
        depth += min(step, 0)
        word = value.upper() if kind == "name" and value[0] not in b'"`' else b""
        yield Token(kind, value, word, match.start(), match.end(), depth)
        depth += max(step, 0)


def _insert_after_with(text: bytes) -> Token | None:
    """Find the INSERT of `WITH … INSERT`, unless a SELECT comes before it."""
    for token in _tokens(text):
        if token.depth == 0 and token.word in (b"INSERT", b"SELECT"):
            return token if token.word == b"INSERT" else None
    return None


def _parse_insert(text: bytes, start: int) -> Statement:
    seen: list[Token] = []
    selects, source = False, None
    for token in _tokens(text, start):
        # A table may be called `format` or `values`, and stands where no clause does.
        before = seen[-1].word or seen[-1].text if seen else b""
        is_clause = token.depth == 0 and before not in _BEFORE_TABLE
        if is_clause and token.word == b"VALUES" and not selects:
            return Statement("INSERT", text[start : token.start], "Values", token.end)
        if is_clause and token.word == b"FORMAT" and (source or not selects):
            name = next(_tokens(text, token.end), None)
            if name is None or name.kind != "name":
                break
            data = _skip_to_data(text, name.end)
            sql = text[start : token.start]
            return Statement("INSERT", sql, name.text.decode(), data, source)
        if token.word == b"INFILE" and before == b"FROM":
            raise ClickHouseError(
                344, "SUPPORT_IS_DISABLED", "FROM INFILE is not allowed over HTTP: send the data."
            )
        seen.append(token)
        selects = selects or (token.word in (b"SELECT", b"WITH") and token.depth <= 1)
        source = source or _input_call(seen[-4:], start)
    return _parse_other(text)


def _input_call(tokens: list[Token], start: int) -> InputCall | None:
    words = [token.word or token.text for token in tokens]
    if len(tokens) < 4 or words[0] != b"INPUT" or words[1] != b"(" or words[3] != b")":
        return None
    if tokens[2].kind != "string":
        return None
    structure = re.sub(rb"\\(.)", rb"\1", tokens[2].text[1:-1]).decode()
    return InputCall(tokens[0].start - start, tokens[3].end - start, structure)


def _skip_to_data(text: bytes, position: int) -> int:
    while text[position : position + 1] in (b" ", b"\t", b"\f"):
        position += 1
    if text[position : position + 1] == b";":
        raise ClickHouseError(
            62,
            "SYNTAX_ERROR",
            "Syntax error: You have excessive ';' symbol before data for INSERT.",
        )
    if text[position : position + 1] == b"\r":
        position += 1
    if text[position : position + 1] == b"\n":
        position += 1
    return position


def _parse_other(text: bytes) -> Statement:
    tokens = list(_tokens(text))
    end = len(text)
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.text == b";" and token.depth == 0:
            rest = [other for other in tokens[index:] if other.text != b";"]
            if rest:
                raise ClickHouseError(
                    62,
                    "SYNTAX_ERROR",
                    "Syntax error (Multi-statements are not allowed): "
                    f"failed at position {token.start + 1} (end of query).",
                )
            end = token.start
            tokens = tokens[:index]
            break
        if token.word == b"INTO" and following is not None and following.word == b"OUTFILE":
            raise ClickHouseError(
                358, "INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed over HTTP."
            )
        if _calls_file(tokens, index):
            raise ClickHouseError(
                497, "ACCESS_DENIED", "Not enough privileges: the function file() is refused."
            )
    verb = next((token.word for token in tokens if token.word), b"").decode()
    for index, token in enumerate(tokens):
        if _is_format_clause(tokens, index):
            name = tokens[index + 1]
            sql = text[: token.start] + text[name.end : end]
            return Statement(verb, sql, _unquote(name.text), text=text[:end])
    return Statement(verb, text[:end], None, text=text[:end])


def _is_format_clause(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    if index == 0 or token.word != b"FORMAT" or token.depth != 0 or index + 1 >= len(tokens):
        return False
    at_end = index + 2 == len(tokens) or tokens[index + 2].word == b"SETTINGS"
    return at_end and tokens[index + 1].kind == "name"


def _calls_file(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    if token.kind != "name" or _unquote(token.text).lower() != "file":
        return False
    before = [other.word or other.text for other in tokens[max(0, index - 2) : index]]
    if before[-1:] == [b"APPLY"] or before == [b"APPLY", b"("]:
        return True
    is_called = index + 1 < len(tokens) and tokens[index + 1].text == b"("
    return is_called and before[-1:] not in ([b"."], [b"TABLE"], [b"INTO"], [b"EXISTS"], [b"VIEW"])


def names_file(text: bytes) -> bool:
    """Whether anything is called `file`: the function may be handed over by its bare name, too."""
    return any(
        token.kind == "name" and _unquote(token.text).lower() == "file" for token in _tokens(text)
    )


def _unquote(name: bytes) -> str:
    return name.strip(b'"`').decode("utf-8", "replace")


def name_query_id_in_comment(sql: bytes) -> bytes:
    """Let a KILL QUERY find queries by the ids that clients gave them.

    The engine gives ids of its own; a client's stands last in the setting `log_comment`.
    """
    pieces, position = [], 0
    for token in _tokens(sql):
        if token.kind == "name" and _unquote(token.text).lower() == "query_id":
            pieces += [sql[position : token.start], _CLIENT_ID]
            position = token.end
    return b"".join([*pieces, sql[position:]])


_CLIENT_ID = b"substringIndex(Settings['log_comment'], ' ', -1)"
