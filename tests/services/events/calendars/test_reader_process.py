"""The process in which a stranger's calendar is read: bounded, alone, and then gone."""

import json
import resource
import time

import pytest

from matchmaker.models import utcnow
from matchmaker.refusal import Refusal
from matchmaker.services.events.calendars import calendar_reading
from tests.factories import NOON
from tests.services.events.calendars.test_calendar_reading import (
    BRUSSELS,
    UTC_TIMES,
    vcalendar,
    vevent,
)


def read(content):
    told = calendar_reading.read(content, BRUSSELS, NOON)
    return calendar_reading.understood(told, BRUSSELS)


def zone(offset="+0100", rule="", name="Customized Time Zone"):
    rrule = f"RRULE:{rule}\r\n" if rule else ""
    return (
        f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\nBEGIN:STANDARD\r\n"
        f"DTSTART:16010101T000000\r\nTZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\n"
        f"{rrule}END:STANDARD\r\nEND:VTIMEZONE\r\n"
    )


def found_or_refused(content):
    """The sentence, or how much there is to show."""
    try:
        found = read(content)
    except Refusal as refusal:
        return str(refusal)
    return str(len(found.events) + len(found.left_out) + len(found.notes))


IN_ZONE = vevent(raw="DTSTART;TZID=Customized Time Zone:20300513T180000")
FINE = vevent(**UTC_TIMES, UID="fine")


@pytest.mark.parametrize("offsets", [("+0200", "-0400"), ("-0400", "+0200")])
def test_each_file_is_read_by_its_own_zone_whatever_was_read_before(offsets):
    found = [read(vcalendar(zone(offset), IN_ZONE)).events[0] for offset in offsets]

    hours = {"+0200": 16, "-0400": 22}
    assert [event.starts_at.hour for event in found] == [hours[o] for o in offsets]


def test_two_calendars_in_one_file_have_a_zone_each():
    there = vcalendar(zone("-0400"), IN_ZONE.replace("one@x", "two@x"))

    found = read(vcalendar(zone("+0200"), IN_ZONE) + there)

    assert [(event.uid, event.starts_at.hour) for event in found.events] == [
        ("one@x", 16),
        ("two@x", 22),
    ]


def test_a_known_zone_is_not_what_a_file_makes_of_it():
    wrong = zone("-0900", name="Europe/Brussels")

    (event,) = read(
        vcalendar(wrong, vevent(raw="DTSTART;TZID=Europe/Brussels:20300513T180000"))
    ).events

    assert event.starts_at.hour == 16


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=1000000000",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10",
        "nonsense",
    ],
)
def test_a_zone_with_a_rule_without_end_is_left_out_with_what_is_in_it(rule):
    began = time.process_time()

    found = read(vcalendar(zone(rule=rule), IN_ZONE, FINE))

    assert [event.uid for event in found.events] == ["fine"]
    assert "Customized Time Zone" in found.left_out[0].why
    assert found.unsure == {"one@x"}
    assert time.process_time() - began < 1


def with_zone(lines):
    return zone().replace("END:STANDARD", f"{lines}\r\nEND:STANDARD")


HOSTILE = {
    "rules by the second in the zone": vcalendar(zone(rule="FREQ=SECONDLY"), IN_ZONE),
    "a zone that changes all day long": vcalendar(
        zone(rule="FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"), *[IN_ZONE] * 500
    ),
    "ten thousand changes of the clocks": vcalendar(
        with_zone("\r\n".join(f"RDATE:{y}0101T000000" for y in range(1000, 9999))),
        IN_ZONE,
    ),
    "ten thousand dates": vcalendar(
        vevent(
            **UTC_TIMES,
            raw="RDATE:" + ",".join(f"{y}0101T000000Z" for y in range(1000, 9999)),
        )
    ),
    "a billion times": vcalendar(
        vevent(**UTC_TIMES, RRULE="FREQ=DAILY;COUNT=1000000000")
    ),
    "positions": vcalendar(
        vevent(
            **UTC_TIMES,
            RRULE="FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS="
            + ",".join(map(str, range(-366, 366))),
        )
    ),
    "a rule as long as a book": vcalendar(
        vevent(**UTC_TIMES, RRULE="FREQ=DAILY;BYMONTHDAY=" + "1," * 400_000 + "1")
    ),
    "the year 1": vcalendar(vevent(DTSTART="00010101T000000", RRULE="FREQ=DAILY")),
    "the year 9999": vcalendar(vevent(DTSTART="99991231T235959", RRULE="FREQ=DAILY")),
    "alarms": vcalendar(
        vevent(
            **UTC_TIMES, raw="BEGIN:VALARM\r\nTRIGGER:-PT1M\r\nEND:VALARM\r\n" * 60_000
        )
    ),
    "folds": vcalendar(vevent(**UTC_TIMES, DESCRIPTION="a\r\n " * 1_000_000)),
    "one line": vcalendar(vevent(**UTC_TIMES, DESCRIPTION="a" * 4_900_000)),
    "nested": vcalendar("BEGIN:X-A\r\n" * 200_000 + "END:X-A\r\n" * 200_000),
    "parameters": vcalendar(vevent(**UTC_TIMES, raw="X" + ";A=b" * 1_000_000 + ":x")),
    "quotes": vcalendar(vevent(**UTC_TIMES, raw="X" + ';A="' * 1_000_000 + ":x")),
    "binary": bytes(range(256)) * 20_000,
    "nuls": vcalendar(FINE).replace(b"Talk", b"T\0alk"),
    "zones": vcalendar(*(zone(name=f"Z{n}") for n in range(20_000)), FINE),
    "excepted": vcalendar(
        vevent(
            **UTC_TIMES,
            RRULE="FREQ=DAILY",
            raw="EXDATE:" + ",".join(["20300514T080000Z"] * 200_000),
        )
    ),
    "changed": vcalendar(
        *[vevent(**UTC_TIMES, RRULE="FREQ=DAILY;COUNT=400")],
        *(
            vevent(DTSTART=f"203006{1 + n % 28:02}T080000Z", raw=f"RECURRENCE-ID:{n}")
            for n in range(4_000)
        ),
    ),
    "names of folders": vcalendar(
        vevent(raw="DTSTART;TZID=Europe:20300513T080000"),
        vevent(UID="b", raw="DTSTART;TZID=../../etc/passwd:20300513T080000"),
        vevent(UID="c", raw=f"DTSTART;TZID={'x/' * 5_000}:20300513T080000"),
    ),
}


SAMPLE = {"rules by the second in the zone", "ten thousand dates", "nested", "binary"}


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(what, marks=[] if what in SAMPLE else pytest.mark.slow)
        for what in HOSTILE
    ],
)
def test_what_is_made_to_take_the_server_down_ends_within_its_bounds(what, monkeypatch):
    monkeypatch.setattr(calendar_reading, "SECONDS", 1)
    monkeypatch.setattr(calendar_reading, "MEGABYTES", 256)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)

    answer = found_or_refused(HOSTILE[what])

    assert answer.endswith(".") or int(answer)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 3


@pytest.mark.parametrize("deed", ["bytearray(10**9)", "[0 for _ in iter(int, 1)]"])
def test_the_system_ends_what_takes_too_much(tmp_path, monkeypatch, caplog, deed):
    a_reader(
        tmp_path, monkeypatch, f"from ics.bounds import bound; bound(1, 256); {deed}"
    )

    with pytest.raises(Refusal):
        read(vcalendar(FINE))


def test_one_that_takes_its_time_without_working_is_ended_by_the_clock(
    tmp_path, monkeypatch
):
    a_reader(tmp_path, monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(calendar_reading, "WAIT", 1)

    with pytest.raises(Refusal, match="too long"):
        read(vcalendar(FINE))


def test_it_is_given_no_secret_and_no_connection(tmp_path, monkeypatch, app):
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "zqsecret")
    a_reader(
        tmp_path,
        monkeypatch,
        "import json, os; files = [*map(int, os.listdir('/proc/self/fd'))];"
        "print(json.dumps({'env': [*os.environ.values()], 'files': files}))",
    )

    found = json.loads(calendar_reading.read(b"", BRUSSELS, utcnow()))

    assert "zqsecret" not in found["env"]
    assert set(found["files"]) <= {0, 1, 2, 3}  # the last is that of the list itself


def a_reader(tmp_path, monkeypatch, program):
    (tmp_path / "another_reader.py").write_text(program)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(calendar_reading, "_READER", "another_reader")


def test_what_goes_wrong_in_it_is_logged_and_said(tmp_path, monkeypatch, caplog):
    a_reader(tmp_path, monkeypatch, "1 / 0")

    with pytest.raises(Refusal, match="cannot be read"):
        read(vcalendar(FINE))

    assert "ZeroDivisionError" in caplog.text


def test_no_more_are_read_at_once_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(calendar_reading, "WAIT", 0.1)
    turns = calendar_reading._TURNS
    for _ in range(2):
        turns.acquire()
    try:
        with pytest.raises(Refusal, match="just now"):
            read(vcalendar(FINE))
    finally:
        for _ in range(2):
            turns.release()
