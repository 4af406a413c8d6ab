from sqlalchemy import Column, Integer, MetaData, Table

from matchmaker.models import Base
from matchmaker.models.data_map import DATA_MAP


def differences(metadata: MetaData) -> set[tuple[str, str]]:
    """Columns without a rule, and rules without a column."""
    columns = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
    }
    return columns ^ {
        (table, name) for table, rules in DATA_MAP.items() for name in rules
    }


def test_every_column_has_an_owner_a_purpose_a_retention_and_rules():
    assert differences(Base.metadata) == set()


def test_a_column_that_nobody_mapped_is_noticed():
    metadata = MetaData()
    for table in Base.metadata.tables.values():
        table.to_metadata(metadata)
    metadata.tables["member"].append_column(Column("shoe_size", Integer))
    Table("diary", metadata, Column("id", Integer))

    assert differences(metadata) == {("member", "shoe_size"), ("diary", "id")}


def test_every_rule_says_something():
    for table, rules in DATA_MAP.items():
        for column, rule in rules.items():
            assert rule.purpose, (table, column)
            assert rule.retention, (table, column)
