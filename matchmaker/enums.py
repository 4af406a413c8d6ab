"""What the engine, the database, letters and pages call by one name.

Of the whole package only this module is known to the engine, too.
"""

import enum


class GainKind(enum.StrEnum):
    """What a gain rests on."""

    HELP = "help"  # an offer meets a want
    MENTORING = "mentoring"  # a mentor's topic meets a mentee's
    HAS_HELPED = "has helped"  # the giver has helped somebody with the like
    BUSINESS = (
        "business"  # the giver may need what the receiver, who seeks clients, does
    )
    SAME_GOAL = "same goal"  # both want the same
    SAME_CRAFT = "same craft"  # both offer the same
    SHARED_INTEREST = "interest"
    LANGUAGE = "language"  # the giver speaks what the receiver would like to practise
    SHARED_LANGUAGE = "shared language"  # one that few here speak
    GIVING = "giving"  # the receiver can help the giver
    CATCH_UP = "catch-up"  # both valued meeting, some time ago
    NOT_MET_YET = "not met yet"  # to somebody who is glad to meet anybody
    # Found by no engine. As the one before, of two who know each other from before:
    MET_LONG_AGO = "met long ago"
    # They met at an event, and both would like to again.
    MET_THERE = "met there"


class UnmatchedReason(enum.Enum):
    """Why somebody has no introduction in this round."""

    NOTHING_WRITTEN = "nothing written"
    NO_TIME = "no time"  # they have as many introductions as they have time for
    # Somebody would suit, if it were not for one rule:
    NO_COMMON_LANGUAGE = "no common language"
    COLLEAGUES = "colleagues"  # of the same company, or their manager
    MET_LATELY = "met lately"  # met or introduced within the cool-down
    NOTHING_IN_COMMON = "nothing in common"  # nobody with whom both sides gain enough
    SAVED_FOR_LATER = "saved for later"  # few suit, and they are spread over the weeks
    ODD_ONE_OUT = "odd one out"  # all who suit were introduced to others


class WhyNow(enum.StrEnum):
    """Why two are introduced in this round rather than in another."""

    REKINDLED = "rekindled"  # let go once, and something has changed
    NEW_WORDS = "new words"  # one of them has just rewritten what they look for
    WAITED = "waited"  # one of them had nobody in the round before
    BRIDGE = "bridge"  # their circles hardly know each other
