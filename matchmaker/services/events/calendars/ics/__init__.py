"""What is in a stranger's iCalendar file, read in a process of its own (RFC 5545).

It stands alone: the process begins with these modules and the libraries that they name,
and with nothing else of ours, so that it is there in a tenth of a second, holds no
secret and reaches no database. `calendar_reading` starts it.
"""
