"""What a page may load and do: one policy for all, and what a few need beside it."""

_NOTHING_FOREIGN = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
}

EVERY_PAGE = _NOTHING_FOREIGN | {
    "img-src": "'self' data:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# The scanner starts a thread from its own words.
SCANNER = EVERY_PAGE | {"worker-src": "'self' blob:"}
# Any website may show it, so it can do nothing but be read.
EMBEDDED = _NOTHING_FOREIGN | {
    "script-src": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "*",
}
# A letter, in a frame of ours; its styles stand in it.
LETTER = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
}
