"""How gunicorn serves either house: read by gunicorn itself (`--config python:service.http_server`)."""

from gunicorn.config import Config
from gunicorn.glogging import Logger

from service.logs import configure_logs
from service.settings import load_settings

_SETTINGS = load_settings()


class RoutedLogger(Logger):
    """Gunicorn's own lines go where all others go."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        configure_logs(_SETTINGS)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


workers = _SETTINGS.http_workers
worker_class = "gthread"
threads = _SETTINGS.http_threads
timeout = 60  # of a worker that gives no sign of life; a long answer in a thread does not count as that
graceful_timeout = 3
keepalive = 15
limit_request_line = 8190  # the most gunicorn has: cursors carry the upstream's tokens
control_socket_disable = True
logger_class = RoutedLogger
