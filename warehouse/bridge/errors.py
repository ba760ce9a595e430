"""ClickHouse's exceptions as a client of its HTTP interface sees them."""

import re

_CODE = re.compile(r"Code: (\d+)\. ")
# The engine passes some exceptions on as the text of another one of the same kind.
_NESTED = re.compile(
    r"Code: (?:\d+)\. DB::\w*Exception: (Code: \d+\. .*\((\w+)\))(?: \(version [\w.]+\))?\. \(\2\)",
    re.DOTALL,
)
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]+)\)(?: \(version [^()]*(?:\([^()]*\))?\))?\s*$")
_VERSION = re.compile(r" \(version [^()]*(?:\([^()]*\))?\)\s*$")

# The statuses that a ClickHouse server gives; every other exception is a 500.
_STATUS_BY_NAME = {
    name: status
    for status, names in {
        400: (
            "BAD_ARGUMENTS CANNOT_COMPILE_REGEXP CANNOT_PARSE_DATE CANNOT_PARSE_DATETIME "
            "CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING CANNOT_PARSE_ESCAPE_SEQUENCE "
            "CANNOT_PARSE_INPUT_ASSERTION_FAILED CANNOT_PARSE_IPV4 CANNOT_PARSE_IPV6 "
            "CANNOT_PARSE_NUMBER CANNOT_PARSE_QUOTED_STRING CANNOT_PARSE_TEXT CANNOT_PARSE_UUID "
            "DUPLICATE_COLUMN ILLEGAL_COLUMN INCORRECT_DATA SYNTAX_ERROR THERE_IS_NO_COLUMN "
            "TOO_BIG_AST TOO_DEEP_AST TYPE_MISMATCH UNEXPECTED_AST_STRUCTURE "
            "UNKNOWN_ELEMENT_IN_AST UNKNOWN_TYPE_OF_AST_NODE VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE"
        ),
        401: "REQUIRED_PASSWORD",
        403: "ACCESS_DENIED AUTHENTICATION_FAILED SET_NON_GRANTED_ROLE UNKNOWN_USER WRONG_PASSWORD",
        404: (
            "UNKNOWN_AGGREGATE_FUNCTION UNKNOWN_DATABASE UNKNOWN_DATABASE_ENGINE "
            "UNKNOWN_DIRECTION_OF_SORTING UNKNOWN_FORMAT UNKNOWN_FUNCTION UNKNOWN_IDENTIFIER "
            "UNKNOWN_ROLE UNKNOWN_SETTING UNKNOWN_STORAGE UNKNOWN_TABLE UNKNOWN_TYPE "
            "UNKNOWN_TYPE_OF_QUERY"
        ),
        408: "TIMEOUT_EXCEEDED",
        413: "QUERY_IS_TOO_LARGE",
        415: "UNSUPPORTED_MEDIA_TYPE",
        501: "NOT_IMPLEMENTED",
        503: "CANNOT_OPEN_FILE CANNOT_SCHEDULE_TASK SOCKET_TIMEOUT",
    }.items()
    for name in names.split()
}


class ClickHouseError(Exception):
    """An exception with a code and a name of ClickHouse's own list."""

    def __init__(self, code: int, name: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.name = name
        self._text = f"Code: {code}. DB::Exception: {message} ({name})"

    @classmethod
    def from_engine(cls, text: str) -> "ClickHouseError":
        """Take the exception that the embedded engine reports as text."""
        while nested := _NESTED.search(text):
            text = nested[1]
        found = _CODE.search(text)
        name = _NAME.search(text)
        if not found:
            return cls(1001, "STD_EXCEPTION", text)
        error = cls(int(found[1]), name[1] if name else "", text)
        error._text = _VERSION.sub("", text[found.start() :])
        return error

    @property
    def status(self) -> int:
        """The HTTP status that a ClickHouse server answers with."""
        return _STATUS_BY_NAME.get(self.name, 500)

    def text(self, version: str) -> str:
        """The line a server of this version would send; some clients look for its ending."""
        return f"{self._text} (version {version} (official build))\n"
