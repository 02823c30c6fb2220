"""What one needs for each view and each command: one table. What does not stand in it is refused to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from infra.events.events import Command
from services.accounts.permissions import Permission

ENDPOINTS: Final[Mapping[str, Permission]] = {
    # The site
    "static": Permission.SITE_SEE,
    "assets.other_static": Permission.SITE_SEE,
    "openapi.spec": Permission.SITE_SEE,
    "docs.docs": Permission.SITE_SEE,
    "about_pages.about": Permission.SITE_SEE,
    "site.set_appearance": Permission.SITE_SEE,
    "site.set_language": Permission.SITE_SEE,
    "site.manifest": Permission.SITE_SEE,
    "site.service_worker": Permission.SITE_SEE,
    "site.offline": Permission.SITE_SEE,
    # How it is doing
    "health.health": Permission.HEALTH_SEE,
    "health.ready": Permission.HEALTH_SEE,
    "health.stats": Permission.HEALTH_SEE,
    "status_pages.status": Permission.HEALTH_SEE,
    "metrics.metrics": Permission.METRICS_SEE,
    # The wall
    "wall_pages.wall": Permission.WALL_SEE,
    "gallery.get_gallery": Permission.WALL_SEE,
    # Posters
    "poster_pages.create": Permission.POSTER_DESIGN,
    "previews.live_preview": Permission.POSTER_DESIGN,
    "previews.draw_now": Permission.POSTER_DESIGN,
    "poster_pages.create_poster": Permission.POSTER_MAKE,
    "posters.create_poster": Permission.POSTER_MAKE,
    "posters.create_preview": Permission.POSTER_MAKE,
    "batches.create_batch": Permission.POSTER_MAKE,
    "poster_pages.mine": Permission.POSTER_LIST,
    "posters.list_own_posters": Permission.POSTER_LIST,
    "poster_pages.poster": Permission.POSTER_SEE,
    "posters.get_poster": Permission.POSTER_SEE,
    "posters.download_poster": Permission.POSTER_SEE,
    "posters.get_thumbnail": Permission.POSTER_SEE,
    "posters.get_preview": Permission.POSTER_SEE,
    "tiles.describe_tiles": Permission.POSTER_SEE,
    "tiles.get_tile": Permission.POSTER_SEE,
    "posters.export_poster": Permission.POSTER_EXPORT,
    "poster_pages.change_visibility": Permission.POSTER_SHOW,
    "posters.change_poster": Permission.POSTER_SHOW,
    "poster_pages.ask_to_delete": Permission.POSTER_TAKE_DOWN,
    "poster_pages.delete_poster": Permission.POSTER_TAKE_DOWN,
    "posters.delete_poster": Permission.POSTER_TAKE_DOWN,
    "poster_pages.restore_poster": Permission.POSTER_RESTORE,
    "posters.restore_poster": Permission.POSTER_RESTORE,
    # Jobs and batches
    "poster_pages.generate": Permission.JOB_SEE,
    "jobs.get_job": Permission.JOB_SEE,
    "poster_pages.cancel_job": Permission.JOB_CANCEL,
    "jobs.cancel_job": Permission.JOB_CANCEL,
    "poster_pages.retry_job": Permission.JOB_RETRY,
    "jobs.retry_job": Permission.JOB_RETRY,
    "batches.get_batch": Permission.BATCH_SEE,
    "batches.download_batch": Permission.BATCH_SEE,
    # Themes
    "theme_pages.themes": Permission.THEME_SEE,
    "themes.list_themes": Permission.THEME_SEE,
    "themes.get_theme": Permission.THEME_SEE,
    "previews.theme_preview": Permission.THEME_SEE,
    "stylesheets.theme_colours": Permission.THEME_SEE,
    "stylesheets.colours_of": Permission.THEME_SEE,
    "theme_pages.new_theme": Permission.THEME_MAKE,
    "themes.create_theme": Permission.THEME_MAKE,
    "themes.check_theme": Permission.THEME_MAKE,
    "themes.replace_theme": Permission.THEME_CHANGE,
    "themes.delete_theme": Permission.THEME_DELETE,
    # Places
    "geocode.geocode": Permission.PLACE_FIND,
    "geocode.suggest": Permission.PLACE_FIND,
    "geocode.reverse": Permission.PLACE_FIND,
    "geocode.geocode_batch": Permission.PLACE_FIND,
    # The board
    "board_pages.canvas": Permission.BOARD_SEE,
    "canvas.get_canvas": Permission.BOARD_SEE,
    "canvas.get_board": Permission.BOARD_SEE,
    "canvas.get_history": Permission.BOARD_SEE,
    "canvas.get_seasons": Permission.BOARD_SEE,
    "canvas.get_board_picture": Permission.BOARD_SEE,
    "canvas.get_heatmap": Permission.BOARD_SEE,
    "canvas.get_timelapse": Permission.BOARD_SEE,
    "canvas.get_pixel": Permission.BOARD_SEE,
    "canvas.get_stats": Permission.BOARD_SEE,
    "canvas.place_pixel": Permission.BOARD_PAINT,
    "place_pixel.place_pixel": Permission.BOARD_PAINT,
}
"""By the endpoint of a view."""

COMMANDS: Final[Mapping[str, Permission]] = {
    "connect": Permission.SOCKET_OPEN,
    Command.GALLERY_JOIN: Permission.WALL_SEE,
    Command.GALLERY_LEAVE: Permission.WALL_SEE,
    Command.JOB_SUBSCRIBE: Permission.JOB_SEE,
    Command.JOB_UNSUBSCRIBE: Permission.JOB_SEE,
    Command.CANVAS_JOIN: Permission.BOARD_SEE,
    Command.CANVAS_LEAVE: Permission.BOARD_SEE,
    Command.CANVAS_INSPECT: Permission.BOARD_SEE,
    Command.CANVAS_PLACE: Permission.BOARD_PAINT,
    Command.CANVAS_UNDO: Permission.BOARD_PAINT,
}
"""By the name of a command of Socket.IO; ``connect`` is what opens a socket."""
