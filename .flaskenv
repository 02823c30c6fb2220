# Where the `flask` command finds Mural.
FLASK_APP=app_factory:from_environment
