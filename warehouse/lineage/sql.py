"""What a query says of its columns: of which columns of which tables each is made, and how."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

# Schema, table, column.
Place = tuple[str, str, str]

# Greenplum is PostgreSQL to a parser.
DIALECTS = {"postgres": "postgres", "greenplum": "postgres", "clickhouse": "clickhouse"}

# Expressions of staging are thousands of characters long: their beginning tells what is read.
_LONGEST = 400


class UnreadableError(Exception):
    """The parser cannot tell what a query says."""


@dataclass(frozen=True)
class Origin:
    """Of what a column is made.

    Attributes:
        places: The columns that its values come from.
        steps: The expressions on the way, the innermost first, each with the name of what it makes.
        unknown: Names that the parser could not place.
        counted: The tables whose rows it counts, schema and name.
    """

    places: frozenset[Place] = frozenset()
    steps: tuple[tuple[str, str], ...] = ()
    unknown: frozenset[str] = frozenset()
    counted: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: "Origin") -> "Origin":
        """What is made of both."""
        steps = (*self.steps, *(step for step in other.steps if step not in self.steps))
        return Origin(
            self.places | other.places,
            steps,
            self.unknown | other.unknown,
            self.counted | other.counted,
        )


_NOTHING = Origin()


@dataclass
class Query:
    """A query, with the tables that it reads known.

    Attributes:
        scope: What the parser has made of it.
        dialect: In which expressions are written.
        schema: The columns of the tables.
    """

    scope: Scope
    dialect: str
    schema: MappingSchema
    _known: dict[tuple[int, str], Origin] = field(default_factory=dict)

    @classmethod
    def read(cls, sql: str, engine: str, schema: MappingSchema) -> "Query":
        """Read a query of an engine.

        Raises:
            UnreadableError: The parser does not understand it.
        """
        dialect = DIALECTS[engine]
        try:
            parsed = sqlglot.parse_one(sql, dialect=dialect)
            # A schema has the same name on every engine, so that the database tells nothing more.
            for table in parsed.find_all(exp.Table):
                table.set("catalog", None)
            qualified = qualify(
                parsed,
                schema=schema,
                dialect=dialect,
                quote_identifiers=False,
                validate_qualify_columns=False,
            )
            scope = build_scope(qualified)
        except SqlglotError as error:
            raise UnreadableError(str(error).splitlines()[0]) from error
        if scope is None:
            raise UnreadableError("it is no query")
        return cls(scope, dialect, schema)

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return _names(self.scope)

    @property
    def is_empty(self) -> bool:
        """Whether it says itself that it has no rows: it makes a table that others write."""
        where = self.scope.expression.args.get("where")
        return where is not None and where.this == exp.false()

    def origin(self, column: str) -> Origin:
        """Of what one of its columns is made."""
        return self._of(self.scope, column)

    def origin_of(self, expression: str, name: str) -> Origin:
        """Of what an expression over its columns is made.

        Args:
            expression: SQL of the same engine.
            name: What it is called.

        Raises:
            UnreadableError: The parser does not understand it.
        """
        try:
            parsed = sqlglot.parse_one(expression, dialect=self.dialect)
        except SqlglotError as error:
            raise UnreadableError(str(error).splitlines()[0]) from error
        found = self._counted(self.scope, parsed)
        for column in parsed.find_all(exp.Column):
            found |= self.origin(column.name)
        return found | Origin(steps=((name, _text(parsed, self.dialect)),))

    def _of(self, scope: Scope, name: str) -> Origin:
        key = (id(scope), name)
        if key not in self._known:
            # What asks for itself, as a recursive query does, adds nothing to itself.
            self._known[key] = _NOTHING
            self._known[key] = self._worked_out(scope, name)
        return self._known[key]

    def _worked_out(self, scope: Scope, name: str) -> Origin:
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            # The columns of a union go by their place.
            names = _names(scope)
            if name not in names:
                return Origin(unknown=frozenset({name}))
            place, found = names.index(name), _NOTHING
            for part in scope.set_operation_scopes:
                found |= self._of(part, _names(part)[place])
            return found
        if isinstance(query, exp.Query):
            for projection in query.selects:
                if projection.alias_or_name == name:
                    return self._made_by(scope, projection.unalias(), name)
            return Origin(unknown=frozenset({name}))
        if isinstance(query, exp.Lateral) and scope.subquery_scopes:
            return self._of(scope.subquery_scopes[-1], name)
        # A function that makes rows: each of its columns may be of all that it is given.
        return self._columns_in(scope, query)

    def _made_by(self, scope: Scope, expression: exp.Expr, name: str) -> Origin:
        found = self._columns_in(scope, expression)
        if isinstance(expression, exp.Column):
            return found
        return found | Origin(steps=((name, _text(expression, self.dialect)),))

    def _counted(self, scope: Scope, expression: exp.Expr) -> Origin:
        """The table whose rows an expression counts, if it does."""
        if not any(
            count.this is None or isinstance(count.this, exp.Star)
            for count in expression.find_all(exp.Count)
        ):
            return _NOTHING
        source: exp.Table | Scope | None = scope
        while isinstance(source, Scope):
            if isinstance(source.expression, exp.SetOperation):
                parts = [self._counted(part, expression) for part in source.set_operation_scopes]
                return parts[0] | parts[1]
            tables = source.expression.args.get("from_")
            source = source.sources.get(tables.alias_or_name) if tables else None
        if isinstance(source, exp.Table) and source.db:
            return Origin(counted=frozenset({(source.db, source.name)}))
        return _NOTHING

    def _columns_in(self, scope: Scope, expression: exp.Expr) -> Origin:
        found = self._counted(scope, expression)
        for node in _outermost(expression):
            if isinstance(node, exp.Column):
                found |= self._column(scope, node)
            elif isinstance(node, exp.TableColumn):
                found |= self._row(scope, node.name)
            elif isinstance(node, exp.Query):
                found |= self._of_subquery(scope, node)
        return found

    def _row(self, scope: Scope, name: str) -> Origin:
        """A whole row, by the name of its table."""
        source, found = scope.sources.get(name), _NOTHING
        if isinstance(source, Scope):
            for each in _names(source):
                found |= self._of(source, each)
            return found
        if isinstance(source, exp.Table):
            columns = self.schema.column_names(source)
            return Origin(frozenset((source.db, source.name, each) for each in columns))
        return Origin(unknown=frozenset({name}))

    def _of_subquery(self, scope: Scope, query: exp.Query) -> Origin:
        for inner in scope.subquery_scopes:
            if inner.expression is query:
                found = _NOTHING
                for name in _names(inner):
                    # How the rows are found is its own affair; their values are what counts.
                    found |= Origin(self._of(inner, name).places, (), self._of(inner, name).unknown)
                return found
        return Origin(unknown=frozenset({"a query in it"}))

    def _column(self, scope: Scope, column: exp.Column) -> Origin:
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table):
            if not source.db:
                # A function in the place of a table.
                made_by = Origin(steps=((column.name, _text(source.this, self.dialect)),))
                return self._columns_in(scope, source) | made_by
            return Origin(frozenset({(source.db, source.name, column.name)}))
        if isinstance(source, Scope):
            return self._of(source, column.name)
        return self._unqualified(scope, column)

    def _unqualified(self, scope: Scope, column: exp.Column) -> Origin:
        for made, by in _made_beside(scope.expression):
            if made == (column.table or column.name):
                return self._columns_in(scope, by)
        if column.table and scope.parent:
            return self._column(scope.parent, column)
        name = column.name
        # ClickHouse lets a select list name what it makes itself.
        if isinstance(scope.expression, exp.Select):
            for projection in scope.expression.selects:
                if projection.alias == name and not _holds(projection, column):
                    return self._of(scope, name)
        # The rows of a function have its name, and are no table's.
        source = scope.sources.get(name)
        if isinstance(source, Scope):
            return self._of(source, name)
        if isinstance(source, exp.Table) and not source.db:
            return self._columns_in(scope, source)
        if scope.parent:
            return self._of_the_query_around(scope.parent, column)
        return Origin(unknown=frozenset({column.sql(self.dialect)}))

    def _of_the_query_around(self, scope: Scope, column: exp.Column) -> Origin:
        """A column that a query takes from the one that it stands in, without saying so."""
        for alias, source in scope.sources.items():
            if isinstance(source, Scope) and column.name in _names(source):
                return self._of(source, column.name)
            if isinstance(source, exp.Table) and source.db and len(scope.sources) == 1:
                return self._column(scope, exp.column(column.name, table=alias))
        return self._unqualified(scope, column)


def _names(scope: Scope) -> list[str]:
    query = scope.expression
    return list(query.named_selects) if isinstance(query, exp.Query) else []


def _outermost(expression: exp.Expr) -> Iterator[exp.Expr]:
    """The columns in an expression, and the queries in it, of which nothing more."""
    stop = (exp.Column, exp.TableColumn, exp.Query)
    for node in expression.walk(prune=lambda node: isinstance(node, stop)):
        if isinstance(node, stop):
            yield node.unnest()


def _made_beside(query: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """What a query's joins name that is no table: the parts of arrays, and rows of functions."""
    for join in query.args.get("joins") or ():
        for each in (join.this, *join.expressions):
            alias = each.args.get("alias")
            if alias is None:
                continue
            for name in _alias_names(alias):
                yield name, each.this


def _alias_names(alias: exp.Expr | str) -> Sequence[str]:
    if isinstance(alias, exp.TableAlias):
        return [alias.name, *(column.name for column in alias.columns)]
    return [alias if isinstance(alias, str) else alias.name]


def _holds(expression: exp.Expr, node: exp.Expr) -> bool:
    return any(each is node for each in expression.walk())


def _text(expression: exp.Expr, dialect: str) -> str:
    text = expression.sql(dialect, comments=False, normalize_functions=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + " …"
