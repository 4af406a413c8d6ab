"""The organiser's blueprint, for its several files of routes."""

from flask import Blueprint

bp = Blueprint("organiser", __name__, url_prefix="/organise/<slug>")
